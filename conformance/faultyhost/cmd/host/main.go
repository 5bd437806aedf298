// Command host serves a partner's host of the tests, a good one or one with a
// fault, so that the suite and its pages can be tried by hand. It keeps nothing
// and is for tests only.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"koshelek-adapter/conformance/faultyhost"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	if err := run(os.Args[1:], os.Stdout, stop); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// run serves until it is told to stop.
func run(args []string, out io.Writer, stop <-chan os.Signal) error {
	flags := flag.NewFlagSet("host", flag.ContinueOnError)
	var o faultyhost.Options
	listen := flags.String("listen", "127.0.0.1:9443", "address as host:port; port 0 takes any free port")
	plain := flags.Bool("plain-http", false, "serve without TLS")
	style := flags.String("style", "plain", "plain, or different where the contract allows it")
	list := flags.Bool("list", false, "list the faults and end")
	profile := flags.Bool("print-profile", false, "print the profile file that the suite needs for this host, and end")
	flags.StringVar(&o.Fault, "fault", "", "what the host gets wrong; nothing without it")
	flags.StringVar(&o.User, "user", "koshelek", "login that is let in")
	flags.StringVar(&o.Password, "password", "Only-For-Tests-1", "its password")
	flags.DurationVar(&o.Late, "late", 5*time.Second, "how long the faults that answer late wait")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *list {
		for _, fault := range faultyhost.Faults() {
			fmt.Fprintf(out, "%-34s %-34s %s\n", fault.Name, fault.Rule, fault.Breaks)
		}
		return nil
	}
	chosen, known := map[string]faultyhost.Style{"plain": faultyhost.Plain(), "different": faultyhost.Different()}[*style]
	if !known {
		return fmt.Errorf("there is no style %q", *style)
	}
	if *profile {
		_, err := io.WriteString(out, chosen.Profile())
		return err
	}
	o.Style, o.Data = &chosen, faultyhost.Sample(chosen, time.Now())
	return serve(o, *listen, !*plain, out, stop)
}

func serve(o faultyhost.Options, listen string, withTLS bool, out io.Writer, stop <-chan os.Signal) error {
	host, err := faultyhost.New(o)
	if err != nil {
		return err
	}
	server, err := faultyhost.Start(host, listen, withTLS)
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Fprintf(out, "%s  login %s, fault %q; test only\n", server.URL, o.User, o.Fault)
	<-stop
	return nil
}
