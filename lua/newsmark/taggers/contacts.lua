-- contacts: telephone numbers in international form, IBANs whose check digits are right (ISO 13616, ISO 7064 mod 97), and
-- addresses of e-mail. All of them are sensitive: exports leave them out unless asked
-- for.
local newsmark = require("newsmark")

-- Lengths by country, from the IBAN registry (SWIFT); countries that are not here are not tagged.
local lengths = { AD = 24, AT = 20, BE = 16, BG = 22, CH = 21, CY = 28, CZ = 24, DE = 22, DK = 18, EE = 20, ES = 24, FI = 18,
  FR = 27, GB = 22, GR = 27, HR = 21, HU = 28, IE = 22, IS = 26, IT = 27, LI = 21, LT = 20, LU = 20, LV = 21, MC = 27, MT = 31,
  NL = 18, NO = 15, PL = 28, PT = 25, RO = 24, RS = 22, SE = 24, SI = 19, SK = 24, SM = 27, TR = 26, UA = 29 }

local function squeeze(text) return (text:gsub("[^%w]", "")) end

-- Codes of countries (ITU E.164): one digit, two, or the first two of three.
local codes = {}
for code in ([[1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86
  90 91 92 93 94 95 98 21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 80 85 87 88 96 97 99]]):gmatch("%d+") do codes[code] = true end

-- "+46812345678" for "0046 8 123 456 78" and for "+46 (0)8 123 456 78"; nil for what is no number of any country. Those of
-- North America have ten digits behind the 1.
local function plain_number(text)
  local digits = squeeze((text:gsub("%(0%)", ""))):gsub("^00", "")
  local known = codes[digits:sub(1, 2)] or codes[digits:sub(1, 1)]
  if not known or digits:sub(1, 1) == "1" and #digits ~= 11 then return nil end
  if #digits < (text:sub(1, 1) == "+" and 8 or 9) or #digits > 15 then return nil end
  return "+" .. digits
end

local function is_iban(text)
  local iban = squeeze(text)
  if lengths[iban:sub(1, 2)] ~= #iban then return false end
  local rest = 0
  for c in (iban:sub(5) .. iban:sub(1, 4)):gmatch(".") do
    local value = tonumber(c, 36)
    rest = (rest * (value > 9 and 100 or 10) + value) % 97
  end
  return rest == 1
end

return newsmark.tagger {
  api = 1,
  name = "contacts",
  tags = {
    iban = { label = "IBAN", sensitive = true },
    phone = { label = "Telephone number", sensitive = true },
    email = { label = "E-mail address", sensitive = true },
  },
  patterns = {
    { tag = "iban", re = [[\b[A-Z]{2}\d{2}(?:[  ]?[A-Z0-9]{2,4}){2,8}\b]],
      check = function(m) return is_iban(m[0]) end, value = function(m) return squeeze(m[0]) end },
    { tag = "phone", re = [[(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[\h./-]?(?:\(\d{1,4}\)|\d{1,4})){2,6}(?![\d/])]],
      -- "002 609 949" is the number of something else: behind 00 a country and a whole number follow.
      check = function(m) return plain_number(m[0]) end, value = function(m) return plain_number(m[0]) end },
    { tag = "email", re = [[\b[\w.+-]+@(?:[\w-]+\.)+\p{L}{2,}\b]], value = function(m) return newsmark.lower(m[0]) end },
  },
  tests = {
    "Pay to [[NO93 8601 1117 947|iban=NO9386011117947]] today.",
    { none = "Pay to NO93 8601 1117 948 today." },
    "[[DE89370400440532013000|iban]] is an example.",
    "Call [[+46 8 123 456 78|phone=+46812345678]] or write to [[Desk@Example.org|email=desk@example.org]].",
    "Call [[0047 22 12 34 56|phone=+4722123456]].",
    "(Tel: [[+852 2545 2710|phone=+85225452710]])",
    "Call [[+44 (0)20 7946 0018|phone=+442079460018]] or [[+1-800-555-0199|phone=+18005550199]].",
    { none = "It was +10 11 12 13 degrees, then +12 34 56 78, and the flight LH12 3456 7890 1234 left." },
    { none = "The mark 002 609 949 and the question P-001605/2020." },
    { none = "It grew by +12 and then +3 per cent in 2023-04-17." },
  },
}
