// Package token keeps access tokens of vendors: fetched once for all who wait,
// renewed before they end, dropped when a vendor refuses them.
package token
