; Standard capture names, so that any tree-sitter editor's colour scheme fits.
(headline) @markup.heading.1
(subhead) @markup.heading.2

(dateline) @comment
(byline) @comment
(caption) @comment
(signature) @markup.italic
(label) @property

(quotation) @markup.quote
(quote_mark) @punctuation.delimiter
(dash) @punctuation.special
(marker) @markup.list

(metadata) @comment
(delimiter) @punctuation.delimiter
