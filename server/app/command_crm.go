package app

import (
	"context"
	"errors"
	"strings"
	"text/tabwriter"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"koshelek-adapter/crm/connect/connector"
)

// crmCommand is the tree of 'crm'.
func (p *program) crmCommand() *cobra.Command {
	return group("crm", "Try the connection to the CRM of ADAPTER_CRM", p.crmQueryCommand())
}

// shownRow is a row of 'crm query'.
type shownRow struct {
	Fields  map[string]string `json:"fields"`
	LeftOut string            `json:"left_out,omitempty"`
}

func (p *program) crmQueryCommand() *cobra.Command {
	personal, s := false, &session{program: p}
	c := &cobra.Command{
		Use: "query STATEMENT [PARAMETER=VALUE...]", Short: "Show what the server sees of an answer of the CRM", Args: cobra.MinimumNArgs(1),
		Long: "Ask the CRM by a statement of the mapping that reads, and show the rows as the server would take them, with those that it leaves out.\n" +
			"Personal data is masked without --personal.",
		Example: "  koshelek-adapter crm query find_by_phone phone=+79216668899\n  koshelek-adapter crm query balance card=2900000000001",
	}
	c.Flags().BoolVar(&personal, "personal", false, "show personal data in full")
	c.Flags().BoolVar(&s.json, "json", false, "print JSON for scripts")
	// Nothing of the store here is needed.
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if s.cfg, err = p.load(); err != nil {
			return err
		}
		if s.cfg.Store.CRM.Reveal() == "" {
			return misused("'%s' needs ADAPTER_CRM", c.CommandPath())
		}
		values := map[string]string{}
		for _, arg := range args[1:] {
			name, value, found := strings.Cut(arg, "=")
			if _, twice := values[name]; !found || twice {
				return misused("%q is not PARAMETER=VALUE, or stands twice", name)
			}
			values[name] = value
		}
		rows, err := s.queryCRM(c.Context(), args[0], values, personal)
		var wrong misuse
		if errors.As(err, &wrong) {
			return err
		}
		if err != nil {
			return &failure{humane(err)}
		}
		shown := make([]shownRow, len(rows))
		for i, r := range rows {
			shown[i] = shownRow{Fields: map[string]string{}, LeftOut: r.LeftOut}
			for _, field := range r.Fields {
				shown[i].Fields[field[0]] = field[1]
			}
		}
		return s.print(shown, func(w *tabwriter.Writer) {
			if len(rows) == 0 {
				row(w, "no rows")
			}
			for i, r := range rows {
				row(w, "row", i+1)
				for _, field := range r.Fields {
					row(w, "  "+field[0], field[1])
				}
				if r.LeftOut != "" {
					row(w, "  left out", r.LeftOut)
				}
			}
		})
	}
	return c
}

func (s *session) queryCRM(ctx context.Context, name string, values map[string]string, personal bool) (rows []connector.Row, err error) {
	opened, err := s.openConnector(ctx, s.cfg, nil, zerolog.Nop())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	asked, able := opened.(connector.Queried)
	if !able {
		return nil, misused("the CRM of ADAPTER_CRM has no statements to try")
	}
	return asked.Query(ctx, name, values, personal)
}
