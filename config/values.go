package config

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"koshelek-adapter/config/setting"
)

// Secret is a text that never prints.
type Secret = setting.Secret

// NewSecret returns a Secret that holds text.
func NewSecret(text string) Secret { return setting.NewSecret(text) }

// Zone is a time zone; the zero value is UTC.
type Zone = setting.Zone

// Percent is a share in hundredths of one per cent (basis points), from 0 to 10,000: whole numbers, so that no sum of money meets a float.
type Percent int64

const maxPercent Percent = 100_00

var percentText = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,2})?$`)

// UnmarshalText reads a decimal number from 0 to 100 with two decimals at most.
func (p *Percent) UnmarshalText(text []byte) error {
	wrong := errors.New("is not a percentage; a number from 0 to 100 with a point and two decimals at most is allowed, such as 1 or 2.5")
	if !percentText.Match(text) {
		return wrong
	}
	whole, decimals, _ := strings.Cut(string(text), ".")
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil || n > int64(maxPercent) {
		return wrong
	}
	*p = Percent(n)
	return nil
}

// BasisPoints returns the share in hundredths of one per cent: 1 % is 100.
func (p Percent) BasisPoints() int64 { return int64(p) }

// String returns the percentage as a decimal number without a sign: 2.5, or 1.
func (p Percent) String() string {
	if p%100 == 0 {
		return strconv.FormatInt(int64(p/100), 10)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%02d", p/100, p%100), "0")
}

// MarshalText returns what String returns.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Networks are IP addresses and networks, separated by commas.
type Networks []netip.Prefix

// UnmarshalText reads addresses such as 10.0.0.1, ::1 and 10.0.0.0/8.
func (n *Networks) UnmarshalText(text []byte) error {
	var all Networks
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		network, err := netip.ParsePrefix(part)
		if address, single := netip.ParseAddr(part); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil || network.Addr().Zone() != "" {
			return errors.New("is no list of IP addresses and networks; such as 10.0.0.1, 10.0.0.0/8 or ::1 is allowed, separated by commas")
		}
		all = append(all, network.Masked())
	}
	*n = all
	return nil
}
