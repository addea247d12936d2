package store

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"time"

	"glucokeep/app/unit"
)

// written gives what stands behind a place of a kindTable, as a value that a
// STRICT column takes.
func written(place any) any {
	if v, ok := place.(driver.Valuer); ok {
		x, _ := v.Value()
		return x
	}
	switch v := reflect.ValueOf(place).Elem(); v.Kind() {
	case reflect.Bool:
		return truth(v.Bool())
	case reflect.String:
		return v.String()
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(v.Uint())
	default:
		return v.Int()
	}
}

// concentration keeps a unit as the word that people write.
type concentration struct{ *unit.Concentration }

func (c concentration) Value() (driver.Value, error) { return c.Concentration.String(), nil }

func (c concentration) Scan(from any) error {
	switch from {
	case unit.MgDL.String():
		*c.Concentration = unit.MgDL
	case unit.MmolL.String():
		*c.Concentration = unit.MmolL
	default:
		return fmt.Errorf("unknown unit of glucose")
	}
	return nil
}

// duration keeps a time.Duration in milliseconds.
type duration struct{ *time.Duration }

func (d duration) Value() (driver.Value, error) { return d.Duration.Milliseconds(), nil }

func (d duration) Scan(from any) error {
	ms, ok := from.(int64)
	if !ok {
		return fmt.Errorf("duration is no integer")
	}
	*d.Duration = time.Duration(ms) * time.Millisecond
	return nil
}

// optional keeps a number that may be missing as NULL.
type optional[T ~float64] struct{ place **T }

func (o optional[T]) Value() (driver.Value, error) {
	if *o.place == nil {
		return nil, nil
	}
	return float64(**o.place), nil
}

func (o optional[T]) Scan(from any) error {
	var n sql.NullFloat64
	if err := n.Scan(from); err != nil {
		return err
	}
	*o.place = nil
	if n.Valid {
		v := T(n.Float64)
		*o.place = &v
	}
	return nil
}
