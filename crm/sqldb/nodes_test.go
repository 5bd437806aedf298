package sqldb

import (
	"context"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// TestNextNodeTakesOver: connections stay on the node that worked, and move on
// when it is gone.
func TestNextNodeTakesOver(t *testing.T) {
	open := func() (net.Listener, string) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		return l, l.Addr().String()
	}
	first, a := open()
	_, b := open()
	n := newNodes(a + ", " + b)
	dialled := func() string {
		c, err := n.dial(context.Background(), "tcp", "")
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		return c.RemoteAddr().String()
	}
	assert.Equal(t, a, dialled())
	assert.Equal(t, a, dialled())
	require.NoError(t, first.Close())
	assert.Equal(t, b, dialled())
	assert.Equal(t, b, dialled())
	assert.Equal(t, []string{"db1:3306", "db2:3307"}, newNodes("db1,db2:3307").addresses)
	_, err := newNodes("127.0.0.1:1,127.0.0.1:2").dial(context.Background(), "tcp", "")
	assert.Error(t, err)
}

// TestStoreOverSeveralNodes opens a store whose first node does not exist.
func TestStoreOverSeveralNodes(t *testing.T) {
	config, err := mysql.ParseDSN(mariadbtest.DSN(t))
	require.NoError(t, err)
	store, err := Open(context.Background(), "mysql:"+config.User+":"+config.Passwd+"@tcp(127.0.0.1:1,"+config.Addr+")/"+config.DBName, Options{})
	require.NoError(t, err)
	require.NoError(t, store.Ping(context.Background()))
	require.NoError(t, store.Close())
}
