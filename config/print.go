package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// String returns all settings as NAME=value, one a line, without secrets.
func (c Config) String() string {
	var b strings.Builder
	for _, f := range c.fields() {
		fmt.Fprintf(&b, "%s=%v\n", f.name, f.value.Interface())
	}
	return b.String()
}

// GoString returns all settings without secrets.
func (c Config) GoString() string {
	return "config.Config{" + strings.ReplaceAll(strings.TrimSpace(c.String()), "\n", ", ") + "}"
}

// MarshalJSON returns all settings by the names of their variables, without secrets; durations are texts such as 10s.
func (c Config) MarshalJSON() ([]byte, error) {
	values := map[string]any{}
	for _, f := range c.fields() {
		values[f.name] = f.value.Interface()
		if d, ok := values[f.name].(time.Duration); ok {
			values[f.name] = d.String()
		}
	}
	return json.Marshal(values)
}
