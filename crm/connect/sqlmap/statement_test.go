package sqlmap

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParametersAreFoundWhereTheyAre(t *testing.T) {
	for name, c := range map[string]struct{ driver, in, want, binds string }{
		"bound twice":      {"mysql", "SELECT :card, :card", "SELECT ?, ?", "card card"},
		"numbered":         {"postgres", "SELECT :card, :ref, :card", "SELECT $1, $2, $1", "card ref"},
		"cast":             {"postgres", "SELECT :card::text, a::date", "SELECT $1::text, a::date", "card"},
		"quotes":           {"postgres", "SELECT ':ref', 'it''s :ref', \":ref\", :card", "SELECT ':ref', 'it''s :ref', \":ref\", $1", "card"},
		"backticks":        {"mysql", "SELECT `:ref`, :card", "SELECT `:ref`, ?", "card"},
		"comments":         {"mysql", "SELECT 1 -- :ref\n, 2 # :ref\n, /* :ref ; */ :card", "SELECT 1 -- :ref\n, 2 # :ref\n, /* :ref ; */ ?", "card"},
		"dollars":          {"postgres", "SELECT $$:ref ; '$$, $a$ $$ :ref $a$, :card", "SELECT $$:ref ; '$$, $a$ $$ :ref $a$, $1", "card"},
		"hash operator":    {"postgres", "SELECT a #> :card", "SELECT a #> $1", "card"},
		"question in json": {"postgres", "SELECT a ? 'b', :card", "SELECT a ? 'b', $1", "card"},
		"semicolon quoted": {"mysql", "SELECT ';', :card", "SELECT ';', ?", "card"},
		"letters":          {"mysql", "SELECT имя, :card", "SELECT имя, ?", "card"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := compile("member", c.in, dialects()[c.driver])
			require.NoError(t, err)
			assert.Equal(t, c.want, s.text)
			assert.Equal(t, c.binds, strings.Join(s.binds, " "))
		})
	}
}

func TestStatementsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ driver, statement, in, says string }{
		"two statements":           {"mysql", "member", "SELECT :card; DROP TABLE a", "semicolon"},
		"trailing semicolon":       {"postgres", "member", "SELECT :card;", "semicolon"},
		"unknown name":             {"mysql", "membr", "SELECT :card", "there is no statement"},
		"unknown parameter":        {"mysql", "member", "SELECT :card, :phone", "no parameter :phone"},
		"missing parameter":        {"mysql", "find_by_phone", "SELECT 1", ":phone is missing"},
		"no key":                   {"mysql", "enroll", "CALL f(:card)", ":key is missing"},
		"no limit":                 {"mysql", "members", "SELECT :after_ref, :after_card", ":limit is missing"},
		"write for a read":         {"mysql", "member", "DELETE FROM a WHERE card = :card", `begins with "DELETE"`},
		"update for a write":       {"postgres", "update", "UPDATE a SET b = :key WHERE card = :card", `begins with "UPDATE"`},
		"into":                     {"mysql", "member", "SELECT a INTO OUTFILE '/tmp/a' FROM b WHERE card = :card", "INTO"},
		"placeholder":              {"mysql", "member", "SELECT ?, :card", "placeholder"},
		"numbered placeholder":     {"postgres", "member", "SELECT $1, :card", "placeholder"},
		"backslash":                {"mysql", "member", `SELECT 'a\', :card, ' ', :card`, "backslash"},
		"open quote":               {"mysql", "member", "SELECT :card, 'a", "quote does not end"},
		"open comment":             {"postgres", "member", "SELECT :card /* a", "comment does not end"},
		"open dollars":             {"postgres", "member", "SELECT :card, $a$ b", "does not end"},
		"comment that is executed": {"mysql", "member", "SELECT :card /*! , SLEEP(9) */", "executes"},
		"MariaDB's":                {"mysql", "member", "SELECT :card /*M! , SLEEP(9) */", "executes"},
		"comment in a comment":     {"postgres", "member", "SELECT :card /* /* */ */", "two ways"},
		"no comment everywhere":    {"mysql", "member", "SELECT 5--1, :card", "no comment everywhere"},
		"assignment":               {"mysql", "member", "SELECT @a := :card", "colon that begins no parameter"},
		"slice":                    {"postgres", "member", "SELECT a[1:2], :card", "colon that begins no parameter"},
		"nothing":                  {"mysql", "member", "", "begins with"},
		"neither ref nor card":     {"mysql", "balance", "SELECT 1 AS points", "neither :ref nor :card"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compile(c.statement, c.in, dialects()[c.driver])
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestMappingsThatAreRefused(t *testing.T) {
	good := "[database]\ndriver = \"mysql\"\n[statements]\nfind_by_phone = \"SELECT :phone\"\nfind_by_email = \"SELECT :email\"\nmember = \"SELECT :card\"\n"
	_, err := parse([]byte(good))
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, new, says string }{
		"driver":         {`"mysql"`, `"sqlite"`, "this build knows [mysql postgres]"},
		"setting":        {`driver`, "speed = 1\ndriver", "speed"},
		"time-out":       {`driver`, "timeout = \"3\"\ndriver", "a duration"},
		"rows":           {`driver`, "rows = -1\ndriver", "are allowed"},
		"missing":        {`member =`, `balance =`, "statement member: missing"},
		"twice":          {`member`, "member = \"SELECT :card\"\nmember", "member"},
		"two faults":     {`"SELECT :phone"`, `"SELECT 1;"`, "semicolon"},
		"not TOML":       {`[database]`, `[database`, "toml"},
		"unknown select": {`member =`, `membr = "SELECT 1"` + "\nmember =", "there is no statement"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse([]byte(strings.Replace(good, c.old, c.new, 1)))
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestNumbersAreExact(t *testing.T) {
	for _, c := range []struct {
		in     string
		places int
		want   int64
		good   bool
	}{
		{"10", 0, 10, true}, {"10.99", 0, 10, true}, {"-10.99", 0, -10, true}, {"10.5", 2, 1050, true}, {"0.125", 2, 12, true}, {"1.5", 3, 1500, true},
		{"1e3", 0, 0, false}, {"", 0, 0, false}, {"1,5", 2, 0, false}, {"NaN", 0, 0, false}, {"9223372036854775807", 0, 9223372036854775807, true}, {"9223372036854775807", 2, 0, false},
		{"-0.5", 2, -50, true},
	} {
		got, err := fixed(c.in, c.places)
		assert.Equal(t, c.good, err == nil, c.in)
		assert.Equal(t, c.want, got, c.in)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("SELECT :card, ':x' -- a")
	f.Add("SELECT $a$ :x $a$, `b` /* c */")
	f.Fuzz(func(t *testing.T, in string) {
		for name, d := range map[string]*dialect{"mysql": &mysqlDialect, "postgres": &postgresDialect} {
			s, err := compile("member", in, d)
			if err == nil && strings.Count(s.text, "?") < len(s.binds) && name == "mysql" {
				t.Errorf("%q lost placeholders: %q", in, s.text)
			}
		}
	})
}
