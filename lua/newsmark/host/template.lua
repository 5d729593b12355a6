-- mytagger: what this tagger marks, in a sentence.
-- Try it: newsmark test mytagger.lua. The whole interface is in api.meta.lua, with a guide in doc/taggers.md.
local newsmark = require("newsmark")

return newsmark.tagger {
  api = 1,
  name = "mytagger",

  -- The tags it gives. All of their members may be left out: a label for people, the shape of the underline, colours on
  -- light and dark ground, the key that tags it by hand.
  tags = {
    ["mytagger"] = { label = "My tag", style = "underdouble" },
  },

  -- Words and phrases, thousands if you like; `file = "data/words.tsv"` instead of `words` reads them from a file.
  lists = {
    { tag = "mytagger", case = "fold", words = { "kvarnsten", "millstone" }, value = "millstone" },
  },

  -- Regular expressions (PCRE2). `check` may refuse a match; m[0] is the whole of it, m[1] the first group.
  patterns = {
    { tag = "mytagger", re = [[\bCase (\d{4}-\d{3})\b]], group = 1,
      check = function(m) return m[1] ~= "0000-000" end, value = function(m) return m[1] end },
  },

  -- What lists and patterns cannot say. Positions are bytes, from 1, the last one included.
  -- scan = function(doc, emit)
  --   for _, quote in ipairs(doc.quotes) do
  --     if not quote.speaker then emit("mytagger", quote.first, quote.last) end
  --   end
  -- end,

  -- Asked about each span of these tags: nothing keeps it, false drops it, a changed span replaces it.
  -- filter_tags = { "mytagger" },
  -- filter = function(span, doc)
  --   if doc.lang == "en" and span.text == "kvarnsten" then return false end
  -- end,

  -- All that it finds must be marked, and the other way round. Saved, it is loaded only where these hold.
  tests = {
    "A [[millstone|mytagger=millstone]] lay there. Case [[2026-117|mytagger]] is open.",
    { lang = "sv", "En [[kvarnsten|mytagger]] låg där." },
    { none = "Case 0000-000 is nobody's." },
  },
}
