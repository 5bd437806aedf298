// Package microsite judges a server that BigCity's rewards microsite calls: the
// client's system, with its one-time passwords, points and orders. It works from
// outside over HTTP, on a server in any language, and gives the same kind of
// report as package conformance.
//
// The partner supplies two customers with points, and a way to learn the
// password that was sent last to one of them: a command, a file or an address
// (see [FromCommand], [FromFile], [FromURL]). A run asks for some twenty
// passwords of each customer and types a dozen wrong ones, so limits on either
// must be raised for it. It reverses every order that it redeems.
//
//	report, err := microsite.Run(ctx, microsite.Target{URL: url, User: user, Password: password}, microsite.Options{
//		Customers: [2]string{"2918538174910", "2921384415564"}, OTP: microsite.FromFile("/tmp/otp"),
//	})
//
// [Command] is the same as a command, for program conform.
package microsite
