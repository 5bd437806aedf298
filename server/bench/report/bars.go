package report

import (
	"fmt"
	"math"
)

// Measures of the plot of ratios.
const (
	barLeft   = 440.0
	barWidth  = 480.0
	barRight  = 190.0
	barStep   = 26.0
	barHeight = 16.0
	barTop    = 70.0
	barBottom = 50.0
)

// Bars draws every ratio as a bar on a logarithmic axis, with a mark at the
// value that it must reach.
func (r Report) Bars() []byte {
	var ratios []Figure
	for _, f := range r.Figures {
		if f.Unit == Ratio && f.Missing == "" {
			ratios = append(ratios, f)
		}
	}
	axis := axisOf(ratios)
	c := &canvas{width: barLeft + barWidth + barRight, height: barTop + barStep*float64(len(ratios)) + barBottom}
	c.text(16, 28, "title", "start", "Throughput ratios and the values that they must reach")
	c.text(16, 48, "small", "start", r.Started.Format("2006-01-02")+", median of the rounds; the thin line spans all rounds, the thick mark is the target")
	axis.draw(c, barTop+barStep*float64(len(ratios)))
	for i, f := range ratios {
		f.drawBar(c, axis, barTop+barStep*float64(i))
	}
	return c.picture("Throughput ratios of koshelek-adapter")
}

// axis is logarithmic, from one power of ten to another.
type axis struct{ low, high float64 }

func axisOf(figures []Figure) axis {
	a := axis{-1, 1}
	for _, f := range figures {
		for _, value := range []float64{f.Value.Min, f.Value.Max, f.Goal.Bound} {
			if value > 0 {
				a.low, a.high = min(a.low, math.Floor(math.Log10(value))), max(a.high, math.Ceil(math.Log10(value)))
			}
		}
	}
	return a
}

// x places a value; what is not positive lies at the left edge.
func (a axis) x(value float64) float64 {
	if value <= 0 {
		return barLeft
	}
	return barLeft + barWidth*min(max((math.Log10(value)-a.low)/(a.high-a.low), 0), 1)
}

func (a axis) draw(c *canvas, bottom float64) {
	for power := a.low; power < a.high; power++ {
		for _, digit := range []float64{1, 2, 5} {
			a.tick(c, digit*math.Pow(10, power), bottom)
		}
	}
	a.tick(c, math.Pow(10, a.high), bottom)
	c.line(barLeft, bottom, barLeft+barWidth, bottom, "axis")
	c.text(barLeft+barWidth/2, bottom+38, "small", "middle", "ratio, logarithmic (1 = as fast as what it is compared with)")
}

func (a axis) tick(c *canvas, value, bottom float64) {
	c.line(a.x(value), barTop-6, a.x(value), bottom, "grid")
	c.text(a.x(value), bottom+18, "small", "middle", fmt.Sprintf("%g", value))
}

func (f Figure) drawBar(c *canvas, a axis, top float64) {
	class := map[string]string{Reached: "good", Missed: "bad", Faulty: "bad"}[f.Verdict()]
	if class == "" {
		class = "plain"
	}
	label := fmt.Sprintf("%s – %s, %s", f.Name, engineName(f.Engine), cards(f.Cards))
	middle := top + barHeight/2
	c.text(barLeft-10, middle+4, "", "end", label)
	c.bar(barLeft, top, a.x(f.Value.Median)-barLeft, barHeight, class, label+": "+f.measured())
	c.line(a.x(f.Value.Min), middle, a.x(f.Value.Max), middle, "axis")
	if f.Goal.Relation != "" {
		c.line(a.x(f.Goal.Bound), top-4, a.x(f.Goal.Bound), top+barHeight+4, "mark")
	}
	c.text(barLeft+barWidth+12, middle+4, "", "start", f.caption())
}

func (f Figure) caption() string {
	words := map[string]string{Reached: "reached", Missed: "missed", Faulty: "faulty run"}[f.Verdict()]
	if words == "" {
		return ratio(f.Value.Median)
	}
	return fmt.Sprintf("%s (%s, %s)", ratio(f.Value.Median), f.Goal, words)
}
