package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/rs/zerolog"

	"koshelek-adapter/config"
	"koshelek-adapter/handlers/middleware"
)

const (
	passwordFile   = "koshelek-password"
	passwordLength = 32
)

// credentials gives every live pair. Without a configured password the first
// start makes one, keeps it readable by the owner alone, and reports made.
func credentials(cfg *config.Config) (pairs []middleware.Credential, made bool, err error) {
	current, configured := cfg.Koshelek.Current()
	first := middleware.Credential{User: current.User, Password: current.Password.Reveal()}
	if !configured {
		if err := onePassword(cfg, "ADAPTER_KOSHELEK_PASSWORD"); err != nil {
			return nil, false, err
		}
		if first.Password, made, err = keptPassword(filepath.Join(cfg.DataDir, passwordFile)); err != nil {
			return nil, false, err
		}
	}
	pairs = append(pairs, first)
	if next, live := cfg.Koshelek.Next(); live {
		pairs = append(pairs, middleware.Credential{User: next.User, Password: next.Password.Reveal()})
	}
	return pairs, made, nil
}

// onePassword refuses to make a secret that is kept beside one process, when others
// may serve the same database: each would make its own, and every second call fail.
func onePassword(cfg *config.Config, variable string) error {
	if cfg.Database.Scheme() != config.SchemeMySQL {
		return nil
	}
	return config.Faults{{Variable: variable, Message: "missing; several processes may serve one MySQL database, and each would make its own: " +
		"set it, or " + variable + "_FILE, to the same for all"}}
}

// warnOfPasswords tells of passwords that clients encode in different ways: RFC
// 7617 leaves open how what is not ASCII is sent.
func warnOfPasswords(pairs []middleware.Credential, log zerolog.Logger) {
	for i, pair := range pairs {
		if strings.ContainsFunc(pair.User+pair.Password, func(r rune) bool { return r > unicode.MaxASCII }) {
			log.Warn().Int("pair", i+1).Str("advice", "clients may send it in another encoding than UTF-8; use ASCII").Msg("password.not_ascii")
		}
	}
}

// keptPassword reads the password of an earlier start, or makes one. The file
// appears whole and once: of two processes that start at the same moment one
// links its file into place, and the other reads that.
func keptPassword(path string) (password string, made bool, err error) {
	password, err = readPassword(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return password, false, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", false, fmt.Errorf("data directory: %w", err)
	}
	password = randomPassword()
	draft, err := os.CreateTemp(filepath.Dir(path), ".password-*") // mode 0600
	if err != nil {
		return "", false, fmt.Errorf("password file: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	_, writeErr := draft.WriteString(password + "\n")
	if err := errors.Join(writeErr, draft.Sync(), draft.Close()); err != nil {
		return "", false, fmt.Errorf("password file: %w", err)
	}
	if err := os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
		password, err = readPassword(path)
		return password, false, err
	} else if err != nil {
		return "", false, fmt.Errorf("password file: %w", err)
	}
	return password, true, nil
}

func readPassword(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the password file %s can be read by others: chmod 600 it, or change the password", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	password := strings.TrimSpace(string(text))
	if len(password) < 12 {
		return "", fmt.Errorf("the password file %s holds no password; remove it and the next start makes one", path)
	}
	return password, nil
}

func randomPassword() string {
	// rand.Text has at least 128 bits of randomness in base 32.
	text := rand.Text() + rand.Text()
	return text[:passwordLength]
}
