package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/server/app"
)

// TestDrivesCommands lists and removes what an import has brought.
func TestDrivesCommands(t *testing.T) {
	onBoth(t, func(d *desk) {
		assert.Contains(d.t, d.must("drives", "list"), "any till may earn")
		d.must("import", "drives", d.file("drives.csv", "fn;zone\n9960440300123456;Asia/Omsk\n9960440300123457;\n"))
		assert.Equal(d.t, "fn                zone\n9960440300123456  Asia/Omsk\n9960440300123457  -\n", d.must("drives", "list"))
		assert.Equal(d.t, "1 removed, 1 listed\n", d.must("drives", "remove", "9960440300123456", "--actor", "anna"))
		assert.Equal(d.t, "0 removed, 1 listed\n", d.must("drives", "remove", "9960440300123456"))
		assert.Contains(d.t, d.must("audit"), "drive removed")
		code, _, log := d.try("drives", "remove", "123")
		assert.Equal(d.t, app.ExitFailed, code)
		assert.Contains(d.t, log, "16 digits")
		assert.Contains(d.t, d.must("drives", "remove", "9960440300123457"), "any till may earn")
	})
}
