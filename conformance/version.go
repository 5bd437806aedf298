package conformance

// SuiteVersion is the version of the suite's rules. It grows when a rule comes,
// goes or changes.
const SuiteVersion = "1.0.0"
