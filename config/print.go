package config

import (
	"fmt"
	"strings"
)

// String returns all settings as NAME=value, one a line, without secrets.
func (c Config) String() string {
	var b strings.Builder
	for _, f := range c.fields() {
		fmt.Fprintf(&b, "%s=%v\n", f.name, f.value.Interface())
	}
	return b.String()
}
