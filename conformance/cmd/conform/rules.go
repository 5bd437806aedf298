package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/language"
)

// rulesCommand lists what is checked.
func (p *program) rulesCommand() *cobra.Command {
	var asJSON bool
	var version string
	var lang langFlag
	c := &cobra.Command{
		Use: "rules", Short: "List every rule with its mark, severity and source", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			profile, err := readProfile("", version)
			if err != nil {
				return err
			}
			var rules []contract.Rule
			for _, r := range conformance.Rules() {
				if profile.Version.AtLeast(r.Since) {
					rules = append(rules, r)
				}
			}
			if asJSON {
				return p.rulesJSON(rules, lang.Language)
			}
			w := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
			fmt.Fprintln(w, lang.Say("RULE\tMARK\tSEVERITY\tSINCE\tTEXT"))
			for _, r := range rules {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Mark, lang.Say(string(r.Severity)), r.Since, lang.Rule(r.ID, r.Text))
			}
			return w.Flush()
		},
	}
	lang.flag(c, "language of the rules' texts")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON for scripts")
	c.Flags().StringVar(&version, "version", "", "only rules that this version of the API has (default 1.3.0)")
	return c
}

func (p *program) rulesJSON(rules []contract.Rule, l language.Language) error {
	type rule struct {
		ID       string   `json:"id"`
		Text     string   `json:"text"`
		Mark     string   `json:"mark"`
		Source   string   `json:"source"`
		Since    string   `json:"since"`
		Severity string   `json:"severity"`
		Methods  []string `json:"methods,omitempty"`
		Writes   bool     `json:"writes"`
		Needs    string   `json:"needs,omitempty"`
	}
	all := make([]rule, len(rules))
	for i, r := range rules {
		all[i] = rule{r.ID, l.Rule(r.ID, r.Text), string(r.Mark), r.Source, r.Since.String(), string(r.Severity), r.Methods, r.Writes, r.Needs}
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

// profileCommand prints a profile to begin with, or looks at one.
func (p *program) profileCommand() *cobra.Command {
	var schema bool
	c := &cobra.Command{
		Use: "profile [FILE]", Short: "Print a profile to begin with, or check a profile file", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if schema {
				p.say("%s", contract.ProfileSchema())
				return nil
			}
			if len(args) == 0 {
				p.say("%s", contract.ExampleProfile())
				return nil
			}
			profile, err := readProfile(args[0], "")
			if err != nil {
				return err
			}
			p.say("%s: %s, version %s, %d methods, %d known deviations\n", args[0], profile.Name, profile.Version, len(profile.Methods()), len(profile.Deviations))
			for _, need := range contract.Needs() {
				if !profile.Has(need) {
					p.say("  data.%s is missing\n", need)
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of profiles")
	return c
}
