"""What a read shows: fields, filters, order and pages."""
