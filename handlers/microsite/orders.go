package microsite

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	wire "koshelek-adapter/schema/microsite"
)

// redeem takes the points of an order. [C]
func (s *surface) redeem(c *gin.Context) error {
	var in wire.Redeem
	if err := decode(c, &in); err != nil {
		return err
	}
	who, order, err := s.order(in.CustomerID, in.OrderID, in.PointsConsumed, "points_consumed")
	if err != nil {
		return err
	}
	order.At, err = wire.ParseDate(string(in.TransactionDate), s.options.Zone)
	if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
		return malformed(refused.Reason)
	}
	done, err := s.svc.RedeemOrder(c.Request.Context(), who, order)
	if err != nil {
		return err
	}
	if done.Repeated && s.options.ReplayStatus != http.StatusOK {
		return crm.ErrOrderDuplicate
	}
	s.send(c, http.StatusOK, wire.Result{Status: true, Message: wire.MessageDeducted})
	return nil
}

// reverse gives the points of an order back. [C]
func (s *surface) reverse(c *gin.Context) error {
	var in wire.Reverse
	if err := decode(c, &in); err != nil {
		return err
	}
	who, order, err := s.order(in.CustomerID, in.OrderID, in.PointsReversed, "points_reversed")
	if err != nil {
		return err
	}
	if _, err := s.svc.ReverseOrder(c.Request.Context(), who, order, string(in.Reason)); err != nil {
		return err
	}
	s.send(c, http.StatusOK, wire.Result{Status: true, Message: wire.MessageReversed})
	return nil
}

// order reads what both calls have in common.
func (s *surface) order(customer, id wire.Text, points wire.Number, field string) (crm.Identifier, crm.VendorOrder, error) {
	if err := required("order_id", id); err != nil {
		return crm.Identifier{}, crm.VendorOrder{}, err
	}
	if !points.Set {
		return crm.Identifier{}, crm.VendorOrder{}, malformed(field + " is needed")
	}
	if points.Value <= 0 {
		return crm.Identifier{}, crm.VendorOrder{}, crm.ErrInvalidAmount
	}
	who, err := s.customer(customer)
	return who, crm.VendorOrder{ID: string(id), Points: points.Value}, err
}
