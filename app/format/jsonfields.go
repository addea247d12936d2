package format

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// fields are the members of a JSON object: nil, bool, json.Number, string,
// []any or fields. Names keep their case; a name that stands twice is refused.
// The wrappers of MongoDB's extended JSON are taken off.
type fields map[string]any

// fieldFault is why an object, or one member of it, cannot be used.
type fieldFault struct {
	column string // name of the member, "" for the whole object
	key    string // catalogue key
}

// Error names the fault, never the value.
func (f *fieldFault) Error() string { return f.key + " " + f.column }

func faultIn(column, key string) error { return &fieldFault{column: column, key: key} }

// decodeFields reads one object.
func decodeFields(raw []byte) (fields, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := decodeValue(d)
	if err != nil {
		if _, ok := err.(*fieldFault); ok {
			return nil, err
		}
		return nil, faultIn("", rejectJSON)
	}
	f, ok := v.(fields)
	if !ok {
		return nil, faultIn("", rejectNotObject)
	}
	return f, nil
}

func decodeValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		f, err := decodeMembers(d)
		if err != nil {
			return nil, err
		}
		return unwrap(f), nil
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func decodeMembers(d *json.Decoder) (fields, error) {
	f := fields{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("a member without a name")
		}
		if _, twice := f[name]; twice {
			return nil, faultIn("", rejectTwice)
		}
		v, err := decodeValue(d)
		if err != nil {
			return nil, err
		}
		if s, ok := v.(string); ok && len(s) > maxMember {
			return nil, faultIn("", rejectLong)
		}
		f[name] = v
	}
	_, err := d.Token()
	return f, err
}

// unwrap takes off a wrapper of MongoDB's extended JSON v1 or v2, as
// mongoexport writes it: {"$oid": …}, {"$date": …}, {"$numberLong": …}.
func unwrap(f fields) any {
	if len(f) != 1 {
		return f
	}
	for name, v := range f {
		switch name {
		case "$oid", "$date":
			return v
		case "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal":
			if s, ok := v.(string); ok && isNumber(s) {
				return json.Number(s)
			}
		}
	}
	return f
}

// peekObjects reads what it can of the first objects in head, the start of a
// file. Of an object that goes on after head it gives the members before the
// cut.
func peekObjects(head []byte) []fields {
	var found []fields
	o := newObjectReader(bytes.NewReader(head))
	for len(found) < 20 {
		el, err := o.next()
		if err != nil {
			break
		}
		switch f, err := decodeFields(el.raw); {
		case el.fault == "" && err == nil:
			found = append(found, f)
		case el.fault == rejectTruncated:
			found = append(found, decodeCut(o.buf))
		}
	}
	return found
}

// decodeCut gives the members of an object that was cut off. The member in
// which the cut lies is there as an empty object.
func decodeCut(raw []byte) fields {
	f := fields{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return f
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			break
		}
		f[name] = fields{}
		v, err := decodeValue(d)
		if err != nil {
			break
		}
		f[name] = v
	}
	return f
}

// extra is everything in f but the members that are used elsewhere, as text:
// what the source said besides.
func (f fields) extra(used ...string) map[string]string {
	m := map[string]string{}
	for name, v := range f {
		if s := asText(v); s != "" && len(name) <= 200 {
			m[name] = s
		}
	}
	for _, name := range used {
		delete(m, name)
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// asText is v as text: a nested value as JSON.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
