// Package setting has the types of settings that more than package config must
// know: a vendor declares its own settings with them.
package setting
