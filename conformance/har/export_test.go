package har

// ReadWithin is Read with a limit of the test's own.
var ReadWithin = readWithin
