package microsite

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

// redeem takes the points of an order. [C]
func (a *api) redeem(c *gin.Context) error {
	var in wire.Redeem
	if err := decode(c, &in); err != nil {
		return err
	}
	who, order, err := a.order(in.CustomerID, in.OrderID, in.PointsConsumed, "points_consumed")
	if err != nil {
		return err
	}
	order.At, err = wire.ParseDate(string(in.TransactionDate), a.options.Zone)
	if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
		return malformed(refused.Reason)
	}
	done, err := a.program.RedeemOrder(c.Request.Context(), who, order)
	if err != nil {
		return err
	}
	if done.Repeated && a.options.ReplayStatus != http.StatusOK {
		return crm.ErrOrderDuplicate
	}
	return middleware.SendJSON(c, wire.Result{Status: true, Message: wire.MessageDeducted})
}

// reverse gives the points of an order back. [C]
func (a *api) reverse(c *gin.Context) error {
	var in wire.Reverse
	if err := decode(c, &in); err != nil {
		return err
	}
	who, order, err := a.order(in.CustomerID, in.OrderID, in.PointsReversed, "points_reversed")
	if err != nil {
		return err
	}
	if _, err := a.program.ReverseOrder(c.Request.Context(), who, order, string(in.Reason)); err != nil {
		return err
	}
	return middleware.SendJSON(c, wire.Result{Status: true, Message: wire.MessageReversed})
}

// order reads what both calls have in common.
func (a *api) order(customer, id wire.Text, points wire.Number, field string) (crm.Identifier, crm.VendorOrder, error) {
	if err := required("order_id", id); err != nil {
		return crm.Identifier{}, crm.VendorOrder{}, err
	}
	if !points.Set {
		return crm.Identifier{}, crm.VendorOrder{}, malformed(field + " is needed")
	}
	if points.Value <= 0 {
		return crm.Identifier{}, crm.VendorOrder{}, crm.ErrInvalidAmount
	}
	who, err := a.customer(customer)
	return who, crm.VendorOrder{ID: string(id), Points: points.Value}, err
}
