package main

import (
	"net"

	"github.com/spf13/cobra"
)

// freePortCommand helps scripts that start hosts.
func (p *program) freePortCommand() *cobra.Command {
	return &cobra.Command{
		Use: "free-port", Short: "Print a TCP port of the loopback address that nobody listens on", Args: cobra.NoArgs, Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			p.say("%d\n", listener.Addr().(*net.TCPAddr).Port)
			return listener.Close()
		},
	}
}
