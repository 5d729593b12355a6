/**
 * article: the structure of a news article in plain text: blocks, and the quotations inside them.
 *
 * Where a block begins, what kind it is, whether a line runs on into the next and which way a quotation mark points
 * depend on context that no context-free rule can see, so the external scanner (src/scanner.c, which documents the
 * rules) decides all of it and this grammar only gives the result its shape. There are no words in the tree: a text
 * node is whatever lies between marks on one line.
 */

// A block and the scanner's token in front of it: the white space before the block, named for what it leads to.
const block = ($, kind) => seq($['_to_' + kind], $[kind]);

module.exports = grammar({
  name: 'article',

  extras: _ => [],

  externals: $ => [
    $._to_metadata,
    $._to_headline,
    $._to_subhead,
    $._to_dateline,
    $._to_byline,
    $._to_caption,
    $._to_paragraph,
    $._to_speech,
    $._to_signature,
    $._to_list_item,
    $._end, // white space at the end of the text
    $._line_break, // the block runs on in the next line
    $.delimiter, // of front matter
    $.data,
    $.dash,
    $.marker,
    $.label,
    $.text,
    $._open,
    $._close,
    $._unclosed, // nothing: a quotation ends without its mark, at the end of its block or of the quotation around it
    $._error, // never used: valid only while the parser recovers
  ],

  rules: {
    article: $ => seq(repeat($._block), optional($._end)),

    _block: $ => choice(
      block($, 'metadata'),
      block($, 'headline'),
      block($, 'subhead'),
      block($, 'dateline'),
      block($, 'byline'),
      block($, 'caption'),
      block($, 'paragraph'),
      block($, 'speech'),
      block($, 'signature'),
      block($, 'list_item'),
    ),

    metadata: $ => seq($.delimiter, optional($.data), $.delimiter),
    headline: $ => repeat1($._inline),
    subhead: $ => repeat1($._inline),
    dateline: $ => repeat1($._inline),
    byline: $ => seq($.label, repeat($._inline)),
    caption: $ => repeat1($._inline),
    paragraph: $ => repeat1($._inline),
    speech: $ => seq($.dash, repeat($._inline)),
    signature: $ => seq($.dash, repeat1($._inline)),
    list_item: $ => seq($.marker, repeat($._inline)),

    _inline: $ => choice($.text, $._line_break, $.quotation),

    quotation: $ => seq(
      alias($._open, $.quote_mark),
      repeat($._inline),
      choice(alias($._close, $.quote_mark), $._unclosed),
    ),
  },
});
