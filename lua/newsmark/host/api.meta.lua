---@meta newsmark
-- The interface of tagger scripts, for LuaLS and readers; never run. tests/script/test_api.c holds it and the host together.
-- Positions are Lua's own: bytes, from 1, the last one included, so that what string.find gives can be used as it is.

---A stretch of the article.
---@class newsmark.Stretch
---@field first integer byte, from 1
---@field last integer byte, included
---@field text string

---@class newsmark.Sentence: newsmark.Stretch
---@class newsmark.Token: newsmark.Stretch

---@class newsmark.Block: newsmark.Stretch
---@field kind "headline"|"subhead"|"dateline"|"byline"|"caption"|"paragraph"|"speech"|"signature"|"list_item"|"metadata"
---@field lang string "sv", "en", …; "und" where it is not known

---A part of a quotation.
---@class newsmark.Mention: newsmark.Stretch
---@field name? string in full, where the article gives it
---@field entity? string "iso:CN", "wd:Q1", "name:li shangfu"

---Something that was found in the article.
---@class newsmark.Span: newsmark.Stretch
---@field tag string "person", "org", "place", "date", "time", "duration", "set", "quote", or a script's tag
---@field conf number 0 to 1
---@field value? string of dates ("2023-02-23") and of scripts' tags
---@field fields? table<string, string> of scripts' tags
---@field name? string of persons, organisations and places
---@field entity? string likewise
---@field from? string of dates: the first day, "2023-02-01"
---@field till? string of dates: the last day
---@field type? "direct"|"mixed"|"indirect" of quotations
---@field cue? newsmark.Mention of quotations
---@field speaker? newsmark.Mention
---@field source? newsmark.Mention

---The article. Valid while the function runs that it was given to; cannot be changed.
---@class newsmark.Doc
---@field text string the whole article, UTF-8
---@field lang string the article's main language
---@field path string
---@field title? string
---@field published? string ISO date
---@field blocks newsmark.Block[]
---@field sentences newsmark.Sentence[]
---@field tokens newsmark.Token[]
---@field entities newsmark.Span[]
---@field dates newsmark.Span[]
---@field quotes newsmark.Span[]
---@field query fun(doc: newsmark.Doc, query: string): newsmark.QueryMatch[] asks the article's tree: doc:query("(byline) @b")

---Something a query captured.
---@class newsmark.Capture: newsmark.Stretch
---@field name string "said"
---@field node string its type in the grammar: "quotation"

---A match of a query: its captures in order, and under each name the first of that name.
---@class newsmark.QueryMatch
---@field [integer] newsmark.Capture
---@field [string] newsmark.Capture

---What the folder's index knows of a person, an organisation or a place.
---@class newsmark.Known
---@field name string
---@field entity string "wd:Q1", "name:li shangfu"
---@field tag "person"|"org"|"place"
---@field articles integer that mention it
---@field mentions integer
---@field quotes integer
---@field first? string the day of the first article, as far as it is known
---@field last? string

---A match: m[0] is the whole, m[1] and so on its groups; nil where a group took no part.
---@class newsmark.Match
---@field [integer] string?
---@field lang string of the paragraph: "sv", "en", …; "und" where it is not known

---@class newsmark.Tag
---@field label? string for people
---@field parent? string "entity", "date" …
---@field style? "underline"|"underdouble"|"underdotted"|"underdashed"|"undercurl"|"background"|"bold"|"none"
---@field light? string "#RRGGBB" on light ground
---@field dark? string on dark ground
---@field cvd? string for colour-blind eyes
---@field key? string the key that tags it
---@field symbol? string LSP symbol kind
---@field link? string where a value leads: "law:{value}"; not used yet
---@field sensitive? boolean left out of exports, unless they are asked for; told to editors
---@field fields? string[] what it may say beside its value

---@class newsmark.List
---@field tag string
---@field words? string[] either these, or
---@field file? string a file in data/ beside the script, a word a line, up to the first tab
---@field case? "exact"|"fold" fold: either case; exact unless said
---@field whole? boolean whole words only; true unless said
---@field value? string|fun(m: newsmark.Match): string?
---@field near? string[] only within 100 bytes of one of these, in either case, in the same block
---@field languages? string[] only in paragraphs in these

---@class newsmark.Pattern
---@field tag string
---@field re string PCRE2, with Unicode classes
---@field group? integer what is tagged; the whole unless said
---@field check? fun(m: newsmark.Match): any false or nil: no match
---@field value? string|fun(m: newsmark.Match): string?
---@field near? string[]
---@field languages? string[]

---@class newsmark.More
---@field value? string|number
---@field conf? number 0 to 1
---@field fields? table<string, string>

---@alias newsmark.Emit fun(tag: string, first: integer, last: integer, more?: newsmark.More)

---@class newsmark.Test
---@field [1]? string text with marks, "an [[asset freeze|sanction=EU]]", or
---@field text? string the same, or
---@field none? string text where nothing is found
---@field lang? string its language; the first of the tagger's unless said

---@class newsmark.Tagger
---@field api 1
---@field name string
---@field tags table<string, newsmark.Tag>
---@field languages? string[] blocks in other languages are left alone
---@field triggers? string[] scan runs only where one of these occurs, in either case
---@field lists? newsmark.List[]
---@field patterns? newsmark.Pattern[]
---@field scan? fun(doc: newsmark.Doc, emit: newsmark.Emit)
---@field filter? fun(span: newsmark.Span, doc: newsmark.Doc): newsmark.Span|false|nil nil keeps, false drops
---@field filter_tags? string[] what filter is asked about, named as for newsmark.spans; everything unless said
---@field tests? (string|newsmark.Test)[]

local newsmark = {}

---Declare the tagger. A file calls this once, and returns what it gives.
---@param t newsmark.Tagger
---@return newsmark.Tagger
function newsmark.tagger(t) end

---@param doc newsmark.Doc
---@return fun(): newsmark.Sentence?
function newsmark.sentences(doc) end

---What was found so far. "entity" stands for persons, organisations and places, "date" for times and durations too.
---@param doc newsmark.Doc
---@param tag string
---@return newsmark.Span[]
function newsmark.spans(doc, tag) end

---The innermost span, named as for newsmark.spans, that holds the stretch (a sentence, a span, `{ first = …, last = … }`).
---@param doc newsmark.Doc
---@param stretch { first: integer, last: integer }
---@param tag string
---@return newsmark.Span?
function newsmark.around(doc, stretch, tag) end

---The folder's index, read-only; at most 200 questions an article. Everything is nil where there is no index.
newsmark.index = {}

---@param name string in any spelling
---@return newsmark.Known?
function newsmark.index.entity(name) end

---The first match of a PCRE2 pattern at `init` or later.
---@param text string UTF-8
---@param re string
---@param init? integer
---@return integer? first
---@return integer? last
---@return string? ... groups
function newsmark.find(text, re, init) end

---All letters in lower case; string.lower knows ASCII's alone.
---@param text string
---@return string
function newsmark.lower(text) end

return newsmark
