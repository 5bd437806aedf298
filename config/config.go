package config

import (
	"time"

	"koshelek-adapter/crm/vendors"
)

// prefix begins the name of every variable.
const prefix = "ADAPTER"

// Values of ADAPTER_TLS, and the word that switches off ADAPTER_OPS_LISTEN.
const (
	TLSSelfSigned = "self-signed"
	TLSFiles      = "files"
	TLSOff        = "off"
	Off           = "off"
)

// Values of ADAPTER_LOG_FORMAT.
const (
	LogJSON    = "json"
	LogConsole = "console"
)

// Config holds all settings. Load makes one whose values are all in range; it is read-only afterwards and may then be shared between
// goroutines. It prints, logs and encodes without its secrets.
//
// No field has an `envconfig` tag, on purpose: with such a tag envconfig also falls back to the name without the prefix, and LISTEN or
// DATABASE of some other program on the machine would become ours. The embedded groups add nothing to the names of their variables.
type Config struct {
	Server
	Store
	// CRM is how the CRM is used that Store.CRM names.
	CRM      CRM
	Koshelek Koshelek
	Card     Card
	Earn     Earn
	Awards   string `file:"true" desc:"award rules as JSON: what reward vendors hear of receipts, codes and spending (docs/rewards.md); best given as a file"`
	Outbox   Outbox
	// Registry has the settings of every reward vendor.
	vendors.Registry
	// Microsite stands behind what the outbox tells vendors.
	Microsite Microsite
	TimeZone  Zone `split_words:"true" default:"Europe/Moscow" desc:"IANA time zone of the shops: the days of purchases and the times on receipts are read in it"`
	// PhoneCountry is an ISO 3166 code, or "none".
	PhoneCountry string `split_words:"true" default:"RU" allowed:"AM|AZ|BY|GE|KG|KZ|MD|RU|TJ|TM|UA|UZ|none" desc:"country by whose habits phones without a country code are read (8 495 …, 8-10-…, ten digits); none refuses them"`
	Log          Log
	Limits

	// schemes are the database schemes that this build knows beside sqlite and mysql.
	schemes []string
}

// Server says where the program listens and how it proves who it is.
type Server struct {
	Listen         string   `default:":8443" desc:"address of the API as host:port; port 0 takes any free port"`
	OpsListen      string   `split_words:"true" default:"127.0.0.1:9090" desc:"address of health checks and metrics as host:port, without authentication; off switches them off"`
	TLS            string   `default:"self-signed" allowed:"self-signed|files|off" desc:"where the certificate comes from: made by the program and kept in the data directory, given as files (changed files are picked up without a restart), or no TLS because a proxy does it"`
	TLSCert        string   `split_words:"true" desc:"file with the certificate chain in PEM; needed with, and only with, ADAPTER_TLS=files"`
	TLSKey         string   `split_words:"true" desc:"file with the private key in PEM; needed with, and only with, ADAPTER_TLS=files"`
	TrustedProxies Networks `split_words:"true" desc:"addresses or networks of proxies in front, separated by commas, such as 10.0.0.0/8; only they may name the client's address in X-Forwarded-For, which stands in the log"`
}

// OpsEnabled reports whether the listener of health checks and metrics is wanted.
func (s Server) OpsEnabled() bool { return s.OpsListen != Off }

// Store says where the data lives.
type Store struct {
	DataDir             string `split_words:"true" default:"data" desc:"directory of the embedded store, of generated credentials and of the self-signed certificate"`
	Database            DSN    `file:"true" default:"sqlite:data/adapter.db" desc:"sqlite:PATH or mysql:USER:PASSWORD@tcp(HOST:3306)/NAME (MariaDB too), or SCHEME:ANYTHING of a backend that the build brings along; not set, it is adapter.db in ADAPTER_DATA_DIR"`
	DatabaseCA          string `split_words:"true" desc:"file with the authority's certificates in PEM for TLS to a MySQL database; the server's name is checked against the address"`
	DatabaseCert        string `split_words:"true" desc:"file with our certificate in PEM, for a MySQL database that asks for one; needs ADAPTER_DATABASE_KEY"`
	DatabaseKey         string `split_words:"true" desc:"file with the private key of ADAPTER_DATABASE_CERT in PEM"`
	CRM                 DSN    `file:"true" desc:"SCHEME:REST of a CRM that has the customers and their points, in place of the built-in engine (docs/crm-teams.md); ADAPTER_DATABASE then keeps what Koshelek needs besides"`
	DatabaseConnections int    `split_words:"true" default:"16" min:"1" max:"512" desc:"connections to the database at most"`
	DatabaseAllowUnsafe bool   `split_words:"true" default:"false" desc:"serve although the check at start found database settings that can lose acknowledged data"`
}

// Log says what is logged and how.
type Log struct {
	Level  string `default:"info" allowed:"debug|info|warn|error" desc:"least severity that is logged"`
	Format string `default:"json" allowed:"json|console" desc:"json for machines, console for people"`
}

// Limits keep one client, slow or greedy, from taking the program down.
type Limits struct {
	MaxInFlight    int           `split_words:"true" default:"256" min:"1" max:"10000" desc:"requests at work at one time; more are answered as busy at once"`
	MaxConnections int           `split_words:"true" default:"2000" min:"1" max:"100000" desc:"connections of clients that are open at one time; beyond that the one that has been idle longest is closed. With the database's and some for operation they must fit into the limit of open files"`
	RequestTimeout time.Duration `split_words:"true" default:"10s" min:"1ns" desc:"time for the work on one request; shorter than ADAPTER_WRITE_TIMEOUT"`
	HeaderTimeout  time.Duration `split_words:"true" default:"5s" min:"1ns" desc:"time for a client to send the headers"`
	BodyTimeout    time.Duration `split_words:"true" default:"15s" min:"1ns" desc:"time for a client to send headers and body"`
	WriteTimeout   time.Duration `split_words:"true" default:"30s" min:"1ns" desc:"time from the end of the headers to the end of the answer"`
	IdleTimeout    time.Duration `split_words:"true" default:"2m" min:"1ns" desc:"time that a connection stays open without a request"`
	DrainDelay     time.Duration `split_words:"true" default:"0s" min:"0s" desc:"time between reporting not ready and closing the listener, for load balancers to notice; 0s for none"`
	DrainTimeout   time.Duration `split_words:"true" default:"20s" min:"1ns" desc:"time for the requests at work to finish at shutdown"`
}
