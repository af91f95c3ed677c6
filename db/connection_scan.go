package db

import (
	"database/sql"
	"fmt"
	"reflect"

	"zombiezen.com/go/sqlite"
)

// scan reads the columns of a row as database/sql does: what is NULL goes only where
// there is room for it.
func scan(s *sqlite.Stmt, into []any) error {
	if n := s.ColumnCount(); n != len(into) {
		return fmt.Errorf("db: %d places for %d columns", len(into), n)
	}
	for i, to := range into {
		if err := scanColumn(s, i, to); err != nil {
			return fmt.Errorf("column %d: %w", i, err)
		}
	}
	return nil
}

func scanColumn(s *sqlite.Stmt, column int, to any) error {
	kind := s.ColumnType(column)
	switch to := to.(type) {
	case *[]byte:
		*to = columnBytes(s, column, kind)
		return nil
	case *any:
		*to = columnValue(s, column, kind)
		return nil
	case sql.Scanner:
		return to.Scan(columnValue(s, column, kind))
	}
	if kind == sqlite.TypeNull {
		return fmt.Errorf("NULL does not fit a %T", to)
	}
	switch to := to.(type) {
	case *string:
		*to = s.ColumnText(column)
	case *int64:
		return scanNumber(s, column, kind, to)
	case *int:
		var n int64
		err := scanNumber(s, column, kind, &n)
		*to = int(n)
		return err
	case *bool:
		var n int64
		err := scanNumber(s, column, kind, &n)
		*to = n != 0
		return err
	default:
		return scanNamed(s, column, kind, reflect.ValueOf(to))
	}
	return nil
}

func scanNumber(s *sqlite.Stmt, column int, kind sqlite.ColumnType, to *int64) error {
	if kind != sqlite.TypeInteger {
		return fmt.Errorf("%v is no whole number", kind)
	}
	*to = s.ColumnInt64(column)
	return nil
}

// scanNamed fills a type of our own that is a string, a number or bytes beneath.
func scanNamed(s *sqlite.Stmt, column int, kind sqlite.ColumnType, to reflect.Value) error {
	if to.Kind() != reflect.Pointer {
		return fmt.Errorf("a %s is no place for a value", to.Type())
	}
	switch v := to.Elem(); {
	case v.Kind() == reflect.String:
		v.SetString(s.ColumnText(column))
	case v.CanInt():
		var n int64
		if err := scanNumber(s, column, kind, &n); err != nil {
			return err
		}
		v.SetInt(n)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		v.SetBytes(columnBytes(s, column, kind))
	default:
		return fmt.Errorf("no column fits a %s", v.Type())
	}
	return nil
}

func columnBytes(s *sqlite.Stmt, column int, kind sqlite.ColumnType) []byte {
	if kind == sqlite.TypeNull {
		return nil
	}
	b := make([]byte, s.ColumnLen(column))
	s.ColumnBytes(column, b)
	return b
}

func columnValue(s *sqlite.Stmt, column int, kind sqlite.ColumnType) any {
	switch kind {
	case sqlite.TypeInteger:
		return s.ColumnInt64(column)
	case sqlite.TypeFloat:
		return s.ColumnFloat(column)
	case sqlite.TypeText:
		return s.ColumnText(column)
	case sqlite.TypeBlob:
		return columnBytes(s, column, kind)
	}
	return nil
}
