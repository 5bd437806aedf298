package faultyhost_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	_ "github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// BenchmarkOverANetwork takes the time of a whole run over a network of some
// milliseconds a round trip, beside the same run with one check at a time.
func BenchmarkOverANetwork(b *testing.B) {
	style := faultyhost.Plain()
	host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now())})
	require.NoError(b, err)
	server, err := faultyhost.Start(host, "127.0.0.1:0", true)
	require.NoError(b, err)
	defer server.Close()
	for _, roundTrip := range []int{30, 80} {
		proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "host", "127.0.0.1:0", strings.TrimPrefix(server.URL, "https://"))
		require.NoError(b, proxy.Start())
		for _, direction := range []string{"upstream", "downstream"} {
			toxic := fmt.Sprintf(`{"type":"latency","stream":%q,"attributes":{"latency":%d}}`, direction, roundTrip/2)
			_, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
			require.NoError(b, err)
		}
		for _, parallel := range []int{1, conformance.DefaultParallel} {
			b.Run(fmt.Sprintf("%dms/%d-at-a-time", roundTrip, parallel), func(b *testing.B) {
				for b.Loop() {
					target := conformance.Target{URL: "https://" + proxy.Listen, User: user, Password: password, CA: server.CA}
					report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profileOf(b, style), Parallel: parallel})
					require.NoError(b, err)
					b.ReportMetric(float64(report.Requests), "calls")
				}
			})
		}
		proxy.Stop()
	}
}
