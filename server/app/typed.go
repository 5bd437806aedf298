package app

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// onlyCommands refuses what is no command of a group, with the one that may be meant.
func onlyCommands(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
	c.SuggestionsMinimumDistance = 2 // letters that may differ
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		text += ", did you mean " + strings.Join(near, " or ") + "?"
	}
	return errors.New(text)
}

// negative is what people mean as a number, and the parser of flags as a flag.
var negative = regexp.MustCompile(`^-[0-9][0-9.,]*$`)

// negatives puts numbers that begin with a minus where the parser takes them for
// arguments: behind "--". One that stands behind a flag stays its value.
func negatives(root *cobra.Command, args []string) []string {
	c, _, err := root.Find(args)
	if err != nil || slices.Contains(args, "--") {
		return args
	}
	var before, numbers []string
	for i, arg := range args {
		if negative.MatchString(arg) && (i == 0 || !takesNext(c.Flags(), args[i-1])) {
			numbers = append(numbers, arg)
			continue
		}
		before = append(before, arg)
	}
	if numbers == nil {
		return args
	}
	return append(append(before, "--"), numbers...)
}

// takesNext reports whether what follows a word is its value.
func takesNext(flags *pflag.FlagSet, word string) bool {
	name, long := strings.CutPrefix(word, "--")
	if !long || strings.Contains(name, "=") {
		return false
	}
	flag := flags.Lookup(name)
	return flag != nil && flag.NoOptDefVal == ""
}
