package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"koshelek-adapter/conformance/web"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	listen string
	open   bool
	names  []string
	keep   int
	data   string
	lang   langFlag
}

func (p *program) serveCommand() *cobra.Command {
	f := &serveFlags{}
	c := &cobra.Command{
		Use: "serve", Args: cobra.NoArgs,
		Short: "Open the demo zone: a site on this machine that runs the suite for people",
		Long: "serve opens a site on this machine in which you enter a host and credentials, watch the scenarios run,\n" +
			"open each step and download the reports. It calls no host but the one that you enter. With --data it keeps\n" +
			"runs in a folder, never the login or the password. It has no sign-in, so it listens on this machine alone\n" +
			"unless --allow-others is given.",
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), f) },
	}
	flags := c.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8010", "address of the site as host:port; port 0 takes any free port")
	flags.BoolVar(&f.open, "allow-others", false, "let other machines use the site: it has no sign-in")
	flags.StringArrayVar(&f.names, "name", nil, "further name of the site as host:port, for --allow-others; may be given several times")
	flags.IntVar(&f.keep, "keep", web.DefaultKeep, "how many runs are kept (1 to 1000)")
	flags.StringVar(&f.data, "data", "", "folder in which runs are kept over a restart (default: in memory alone)")
	f.lang.flag(c, "language for browsers that ask for neither")
	return c
}

func (p *program) serve(ctx context.Context, f *serveFlags) error {
	if f.keep < 1 || f.keep > 1000 {
		return errors.New("--keep must be 1 to 1000")
	}
	if err := f.local(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	site, err := web.New(web.Options{
		Hosts: append(names(listener.Addr().String()), f.names...), Keep: f.keep, Dir: f.data, Language: f.lang.Language,
		Log: func(text string) { p.complain("%s\n", text) },
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer site.Close()
	server := &http.Server{Handler: site, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	stopped := context.AfterFunc(ctx, func() {
		site.Close() // ends the streams too, so that the server can end
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(last) // what does not end now ends with the program
	})
	defer stopped()
	p.say("The demo zone is open: http://%s/ (Ctrl-C ends it)\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// local refuses to open the site to others by mistake.
func (f *serveFlags) local() error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	address, err := netip.ParseAddr(host)
	if f.open || host == "localhost" || err == nil && address.IsLoopback() {
		return nil
	}
	return errors.New("--listen is not on this machine alone, and the site has no sign-in: give --allow-others if others may use it")
}

// names are what the site is called by those who sit at this machine.
func names(address string) []string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return []string{address}
	}
	all := []string{address}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		all = append(all, net.JoinHostPort(host, port))
	}
	return all
}
