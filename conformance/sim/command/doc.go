// Package command is `conform simulate`: the simulators of the reward vendors as
// a command, for whatever program has it.
//
// TEST ONLY.
package command
