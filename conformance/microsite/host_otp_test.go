package microsite

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

func (h *host) generate(id string) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.customers[id]
	if c == nil {
		if h.fault == AnybodyGetsOTP {
			return accept(map[string]any{"message": "OTP generated successfully", "reference_id": "none"})
		}
		return refuse(http.StatusNotFound, "Invalid Customer ID")
	}
	c.old[c.reference] = c.otp
	c.otp, c.reference, c.sentAt, c.attempts, c.used = sixDigits(), rand.Text(), time.Now().Add(h.late), 0, false
	if h.fault == SameReference {
		c.reference = "reference"
	}
	if h.fault == FiveDigits {
		c.otp = c.otp[:5]
	}
	fields := map[string]any{"message": "OTP generated successfully", "reference_id": c.reference}
	if h.fault == OTPInAnswer {
		fields["debug"] = "sent " + c.otp
	}
	return accept(fields)
}

const invalidOTP = "Invalid OTP"

func (h *host) verify(in body) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.customers[in.Customer]
	if c == nil || in.OTP == "" {
		return refuse(http.StatusUnprocessableEntity, invalidOTP)
	}
	if h.forgives(c, in) {
		return h.welcome(in.Customer, c)
	}
	switch {
	case in.Reference != c.reference && h.fault != ReferenceIgnored || c.used && h.fault != OTPReusable:
		return refuse(http.StatusUnprocessableEntity, invalidOTP)
	case time.Now().Add(h.late).Sub(c.sentAt) >= 5*time.Minute && h.fault != OTPNeverExpires:
		return refuse(http.StatusUnprocessableEntity, "OTP has expired. Please request a new one.")
	case c.attempts >= 3 && h.fault != FourthAttempt:
		return refuse(http.StatusTooManyRequests, "Too many attempts. Please try again later.")
	}
	c.attempts++
	if in.OTP != c.otp {
		return refuse(http.StatusUnprocessableEntity, invalidOTP)
	}
	if h.fault == OTPTwiceAtOnce {
		c.attempts--
		h.pause()
	}
	c.used = true
	return h.welcome(in.Customer, c)
}

// forgives are the faults that let somebody in.
func (h *host) forgives(c *customer, in body) bool {
	switch h.fault {
	case WrongOTPAccepted:
		return in.Reference == c.reference && !c.used
	case OldOTPValid:
		return in.Reference != "" && c.old[in.Reference] == in.OTP
	case OTPOfAnother:
		for _, other := range h.customers {
			if other.reference == in.Reference && other.otp == in.OTP && !other.used {
				return true
			}
		}
	}
	return false
}

// pause lets another caller catch up, as a database would: two that come at one
// moment have both looked before either goes on. One that is alone goes on after
// a while.
func (h *host) pause() {
	h.mu.Unlock()
	defer h.mu.Lock()
	alone := time.NewTimer(h.gap)
	defer alone.Stop()
	select {
	case h.meet <- struct{}{}:
	case <-h.meet:
	case <-alone.C:
	}
}

func (h *host) welcome(id string, c *customer) answer {
	mobile := c.mobile[:2] + strings.Repeat("X", len(c.mobile)-4) + c.mobile[len(c.mobile)-2:]
	if h.fault == MobilePlain {
		mobile = c.mobile
	}
	fields := map[string]any{
		"token": token(id), "customer": map[string]any{"customer_id": id, "mobile": mobile},
		"points_earned": c.earned, "balance_points": c.balance,
	}
	if h.fault == NoPoints {
		delete(fields, "balance_points")
	}
	return accept(fields)
}
