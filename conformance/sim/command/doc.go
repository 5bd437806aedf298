// Package command is `conform simulate`: the simulators of the reward vendors on
// addresses of this machine, on one clock, with generated credentials. [New] gives
// the command, [Start] starts them for a program of one's own.
//
// TEST ONLY: whoever reaches the addresses can earn and spend at will.
package command
