package app

import (
	"crypto/tls"
	"crypto/x509"
	"os"

	"koshelek-adapter/config"
)

// databaseTLS reads the files that ADAPTER_DATABASE_CA, _CERT and _KEY name; nil
// for none. Faults name the setting and never the path or what is in it.
func databaseTLS(cfg *config.Config) (*tls.Config, error) {
	if !cfg.DatabaseTLS() {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.DatabaseCA != "" {
		authority, err := os.ReadFile(cfg.DatabaseCA)
		c.RootCAs = x509.NewCertPool()
		if err != nil || !c.RootCAs.AppendCertsFromPEM(authority) {
			return nil, config.Faults{{Variable: "ADAPTER_DATABASE_CA", Message: "holds no certificate in PEM"}}
		}
	}
	if cfg.DatabaseCert != "" {
		own, err := tls.LoadX509KeyPair(cfg.DatabaseCert, cfg.DatabaseKey)
		if err != nil {
			return nil, config.Faults{{Variable: "ADAPTER_DATABASE_CERT", Message: "is no certificate in PEM that fits ADAPTER_DATABASE_KEY"}}
		}
		c.Certificates = []tls.Certificate{own}
	}
	return c, nil
}
