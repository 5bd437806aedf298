package main

import (
	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/language"
)

// langFlag is the flag --lang: the language of what people read.
type langFlag struct{ language.Language }

func (f *langFlag) flag(c *cobra.Command, usage string) {
	f.Language = language.English
	c.Flags().Var(f, "lang", usage)
}

// String is the language's short name.
func (f *langFlag) String() string { return string(f.Language) }

// Type names the values for the help.
func (f *langFlag) Type() string { return "en|ru" }

// Set reads the flag.
func (f *langFlag) Set(text string) error {
	l, err := language.Parse(text)
	f.Language = l
	return err
}
