package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

// command is a program or one of its commands, as its help tells of it.
type command struct {
	below map[string]*command
	flags map[string]bool
}

var (
	commandLine = regexp.MustCompile(`(?m)^  ([a-z][a-z-]*) +\S`)
	flagLine    = regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z][a-z-]*)`)
)

// learn asks a program for the help of each of its commands.
func learn(t *testing.T, program string, args ...string) *command {
	t.Helper()
	help, err := exec.Command(program, append(args, "--help")...).CombinedOutput()
	require.NoError(t, err, string(help))
	c := &command{below: map[string]*command{}, flags: map[string]bool{}}
	for _, match := range flagLine.FindAllStringSubmatch(string(help), -1) {
		c.flags[match[1]] = true
	}
	_, list, _ := strings.Cut(string(help), "\nAvailable Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, match := range commandLine.FindAllStringSubmatch(list, -1) {
		if match[1] != "help" {
			c.below[match[1]] = learn(t, program, append(args[:len(args):len(args)], match[1])...)
		}
	}
	return c
}

var (
	// programLine wants the program where a command begins: the service's user and
	// folders have its name too.
	programLine = regexp.MustCompile(`(?:^\s*(?:\$ )?|exec |[&|;] | /|bin/|ADAPTER_\w+=\S+ )(koshelek-adapter|conform) (.*)`)
	flagUse     = regexp.MustCompile(`^(--[a-z][a-z-]*)`)
	commandWord = regexp.MustCompile(`^[a-z][a-z|-]*$`)
)

// TestCommandsExist builds both programs and looks up every command and flag of
// theirs that a document names.
func TestCommandsExist(t *testing.T) {
	bin := t.TempDir() + string(filepath.Separator)
	build := exec.Command("go", "build", "-o", bin, "./server", "./conformance/cmd/conform")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	programs := map[string]*command{"koshelek-adapter": learn(t, bin+"server"), "conform": learn(t, bin+"conform")}
	named := 0
	for _, d := range documents(t) {
		for _, line := range d.code {
			if match := programLine.FindStringSubmatch(line); match != nil {
				named++
				programs[match[1]].check(t, d.name, match[1], strings.Fields(match[2]))
				continue
			}
			// A table of commands leaves the program out.
			words := strings.Fields(line)
			if len(words) < 2 || !commandWord.MatchString(words[1]) {
				continue
			}
			if group := programs["koshelek-adapter"].below[words[0]]; group != nil && len(group.below) > 0 {
				named++
				group.check(t, d.name, words[0], words[1:])
			}
		}
	}
	assert.Greater(t, named, 50, "the commands in the documents were not found")
}

// check follows the words of a line to a command and looks up its flags.
func (c *command) check(t *testing.T, file, name string, words []string) {
	t.Helper()
	for len(words) > 0 && len(c.below) > 0 && commandWord.MatchString(words[0]) {
		alternatives := strings.Split(words[0], "|")
		for _, word := range alternatives {
			if !assert.Contains(t, c.below, word, "%s: %s has no command %s", file, name, word) {
				return
			}
		}
		c, name, words = c.below[alternatives[0]], name+" "+words[0], words[1:]
	}
	for _, word := range words {
		if word == "|" || word == "&&" || word == ">" || strings.HasPrefix(word, "#") {
			return
		}
		if match := flagUse.FindString(strings.TrimLeft(word, "[")); match != "" {
			assert.Contains(t, c.flags, match, "%s: %s has no flag %s", file, name, match)
		}
	}
}

var variable = regexp.MustCompile(`\bADAPTER_[A-Z0-9_]*(?:…|\*)?`)

// TestSettingsExist looks up every variable that a document names; ADAPTER_EARN_…
// stands for those that begin so.
func TestSettingsExist(t *testing.T) {
	table := config.Table()
	known := map[string]bool{"ADAPTER_TEST_MYSQL_DSN": true} // of tests
	for _, name := range variable.FindAllString(table, -1) {
		known[name] = true
	}
	example, err := os.ReadFile(filepath.Join(root, "deploy", "adapter.env"))
	require.NoError(t, err)
	named := 0
	for _, d := range append(documents(t), document{name: "deploy/adapter.env", text: string(example)}) {
		for _, name := range variable.FindAllString(d.text, -1) {
			named++
			prefix := strings.TrimRight(name, "…*")
			switch {
			case prefix != name:
				assert.Contains(t, table, "`"+prefix, "%s names %s", d.name, name)
			default:
				assert.True(t, known[strings.TrimSuffix(name, "_FILE")] || known[name], "%s names %s, which is no setting", d.name, name)
			}
		}
	}
	assert.Greater(t, named, 50, "the settings in the documents were not found")
}
