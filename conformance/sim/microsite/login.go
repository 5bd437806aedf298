package microsite

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var otpForm = regexp.MustCompile(`^[0-9]{6}$`)

// send asks for a one-time password and reads it as the customer does.
func (d *Driver) send(ctx context.Context) (otp, reference string, err error) {
	a := d.note("generate-otp", d.o.Client.GenerateOTP(ctx, d.o.Customer))
	if a.Status == 429 {
		return "", "", errors.New("the partner sends no more one-time passwords for now")
	}
	reference = a.Text("reference_id")
	if !d.status("a one-time password is generated", a, 200) || !d.expect("there is a reference_id", reference != "", "a text", reference) {
		return "", "", errStop
	}
	if d.o.OTP == nil {
		return "", "", errors.New("there is no way to read one-time passwords")
	}
	wait, cancel := context.WithTimeout(ctx, d.o.Wait)
	defer cancel()
	otp, err = d.o.OTP.ReadOTP(wait, d.o.Customer, reference)
	if err != nil {
		return "", "", err
	}
	d.expect("a one-time password has six digits", otpForm.MatchString(otp), "six digits", fmt.Sprintf("%d characters", len(otp)))
	return otp, reference, nil
}

func (d *Driver) verify(ctx context.Context, otp, reference string) Answer {
	return d.note("verify-otp", d.o.Client.VerifyOTP(ctx, d.o.Customer, otp, reference))
}

// wrong returns a one-time password that is not the right one.
func wrong(otp string, by byte) string {
	b := []byte(otp)
	for i := range b {
		b[i] = '0' + (b[i]-'0'+by)%10
	}
	return string(b)
}

// login logs the customer in, unless the token of an earlier story is there.
func (d *Driver) login(ctx context.Context) error {
	if d.token != "" {
		return nil
	}
	otp, reference, err := d.send(ctx)
	if err != nil {
		return err
	}
	return d.signIn(ctx, otp, reference)
}

func (d *Driver) signIn(ctx context.Context, otp, reference string) error {
	a := d.verify(ctx, otp, reference)
	token := a.Text("token")
	if !d.status("the right one-time password logs in", a, 200) ||
		!d.expect("the token is a JWT", strings.Count(token, ".") == 2, "three parts", fmt.Sprintf("%d dots", strings.Count(token, "."))) {
		return errStop
	}
	customer, _ := a.Fields["customer"].(map[string]any)
	id, _ := customer["customer_id"].(string)
	mobile, _ := customer["mobile"].(string)
	d.expect("the customer is told", id == d.o.Customer, d.o.Customer, id)
	d.expect("the mobile number is masked", strings.Contains(mobile, "X"), "98XXXXXX45", masked(mobile))
	_, earned := a.Number("points_earned")
	_, balance := a.Number("balance_points")
	d.expect("the login tells the points as numbers", earned && balance, "two numbers", fmt.Sprint(earned, balance))
	d.token = token
	return nil
}

func masked(mobile string) string {
	return regexp.MustCompile(`[0-9]`).ReplaceAllString(mobile, "9")
}

func wrongOTPs(ctx context.Context, d *Driver) error {
	otp, reference, err := d.send(ctx)
	if err != nil {
		return err
	}
	for i := range byte(3) {
		statuses := []int{422}
		if i == 2 {
			statuses = []int{422, 429} // the last one may already say so
		}
		d.status(fmt.Sprintf("wrong one-time password %d is refused", i+1), d.verify(ctx, wrong(otp, i+1), reference), statuses...)
	}
	d.status("the right one after three wrong ones is refused", d.verify(ctx, otp, reference), 429)
	return nil
}

func reusedOTP(ctx context.Context, d *Driver) error {
	otp, reference, err := d.send(ctx)
	if err != nil {
		return err
	}
	if err := d.signIn(ctx, otp, reference); err != nil {
		return err
	}
	d.status("a one-time password works once", d.verify(ctx, otp, reference), 422, 429)
	return nil
}
