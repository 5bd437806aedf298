package report

import (
	"fmt"
	"math"
	"time"
)

// Measures of the plot of latencies.
const (
	curveLeft   = 70.0
	curveWidth  = 640.0
	curveTop    = 80.0
	curveHeight = 320.0
)

// shares are the percentiles that the axis names, as what lies beyond them.
var shares = []struct {
	beyond float64
	name   string
}{{1, "0 %"}, {0.5, "50 %"}, {0.1, "90 %"}, {0.01, "99 %"}, {0.001, "99.9 %"}, {0.0001, "99.99 %"}}

// dayGoal is what 99 of 100 requests must not exceed.
const dayGoal = 10 * time.Millisecond

// DayCurve draws how long the requests of the mixed day took, by percentile.
func (r Report) DayCurve() []byte {
	c := &canvas{width: curveLeft + curveWidth + 40, height: curveTop + curveHeight + 60}
	c.text(16, 28, "title", "start", "Latency of the mixed day by percentile")
	scale := scaleOf(r.Days)
	scale.draw(c)
	for i, day := range r.Days {
		scale.drawDay(c, day, i)
	}
	return c.picture("Latency of the mixed day")
}

// scale is the vertical axis: powers of ten of milliseconds.
type scale struct{ low, high float64 }

func scaleOf(days []Day) scale {
	s := scale{-1, 1}
	for _, day := range days {
		for _, p := range day.Curve {
			if p.Latency > 0 {
				s.low, s.high = min(s.low, math.Floor(log(p.Latency))), max(s.high, math.Ceil(log(p.Latency)))
			}
		}
	}
	return s
}

func log(d time.Duration) float64 { return math.Log10(float64(d) / float64(time.Millisecond)) }

func (s scale) y(d time.Duration) float64 {
	if d <= 0 {
		return curveTop + curveHeight
	}
	return curveTop + curveHeight*(1-min(max((log(d)-s.low)/(s.high-s.low), 0), 1))
}

// x places a share of the requests; the further right, the fewer took longer.
func x(beyond float64) float64 {
	last := shares[len(shares)-1].beyond
	return curveLeft + curveWidth*math.Log10(max(beyond, last))/math.Log10(last)
}

func (s scale) draw(c *canvas) {
	for power := s.low; power <= s.high; power++ {
		d := time.Duration(math.Pow(10, power) * float64(time.Millisecond))
		c.line(curveLeft, s.y(d), curveLeft+curveWidth, s.y(d), "grid")
		c.text(curveLeft-8, s.y(d)+4, "small", "end", fmt.Sprintf("%g ms", math.Pow(10, power)))
	}
	bottom := curveTop + curveHeight
	for _, share := range shares {
		c.line(x(share.beyond), curveTop, x(share.beyond), bottom, "grid")
		c.text(x(share.beyond), bottom+18, "small", "middle", share.name)
	}
	c.line(curveLeft, bottom, curveLeft+curveWidth, bottom, "axis")
	c.text(curveLeft+curveWidth/2, bottom+42, "small", "middle", "share of the requests that took no longer")
	c.line(x(0.01)-12, s.y(dayGoal), x(0.01)+12, s.y(dayGoal), "mark")
	c.text(x(0.01)-18, s.y(dayGoal)-6, "small", "end", fmt.Sprintf("p99 must stay below %g ms", dayGoal.Seconds()*1000))
}

func (s scale) drawDay(c *canvas, day Day, i int) {
	var points []string
	for _, p := range day.Curve {
		points = append(points, fmt.Sprintf("%.1f,%.1f", x(1-p.Share), s.y(p.Latency)))
	}
	class := fmt.Sprintf("line line%d", i%2)
	c.path(points, class)
	left := 16 + float64(i)*340
	c.line(left, 51, left+24, 51, class)
	c.text(left+30, 55, "", "start", fmt.Sprintf("%s, %s cards, %s req/s", engineName(day.Engine), cards(day.Cards), whole(day.Rate)))
}
