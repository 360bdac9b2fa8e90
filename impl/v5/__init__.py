"""TMF678 v5 over documents that are stored as v4 has them.

`mapping.py` is the table: what differs, resource by resource. All else follows from it:

- A read: `queries.attributes` makes the names to parse a query with, from v4's attributes.
  `queries.translated` makes of it the query for the store, and the `fields` for `V5Links`, which
  shows documents (`links.py`).
- A create: v5's contract checks the body. `documents.down` makes v4's of it, v4's contract checks
  that (v4 requires the `value` of a characteristic and the `id` of a party), and the collection
  takes it. `errors.named_by_v5` around the last two names attributes as the client does.
- A patch: `V5Patch` (`patches.py`) instead of `Patch`, with `V5Links.v4` as its `view`. It shows
  the document to the patch in v5's shape, has v5's contract check the result, and gives the v4
  document to the collection.
- A subscription's `query`, and the events it gets: the names and the shape of `events`.
- A specification's `rateFilter`: `up` and `down` rewrite its names (`rate_filters.py`).

A query that stored documents can't decide is refused (NotTranslated): an order by a default type, a
search by a type that depends on the value, such as `StringCharacteristic`, or by a `rateFilter`.
"""
