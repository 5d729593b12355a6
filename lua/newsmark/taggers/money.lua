-- money: amounts with their currency, in six languages. The value is "EUR 2500000": the currency by ISO 4217, the amount as a
-- plain number. "dollar" and "crowns" without more are those of the paragraph's language.
local newsmark = require("newsmark")

local signs = { ["$"] = "USD", ["us$"] = "USD", ["a$"] = "AUD", ["au$"] = "AUD", ["c$"] = "CAD", ["ca$"] = "CAD", ["nz$"] = "NZD",
  ["hk$"] = "HKD", ["€"] = "EUR", ["£"] = "GBP", ["¥"] = "JPY", ["₹"] = "INR", ["₽"] = "RUB", ["₴"] = "UAH" }

-- Currency words; "crown" is the crown of the language.
local words = {
  euro = "EUR", euros = "EUR", eur = "EUR", dollar = "USD", dollars = "USD", dollari = "USD", usd = "USD", ["us-dollar"] = "USD",
  pounds = "GBP", pund = "GBP", pfund = "GBP", sterline = "GBP", gbp = "GBP", yen = "JPY", rubel = "RUB", rubler = "RUB",
  rubles = "RUB", roubles = "RUB", rubli = "RUB", rub = "RUB", yuan = "CNY", franken = "CHF", chf = "CHF", sek = "SEK", nok = "NOK",
  dkk = "DKK", kronor = "SEK", krona = "SEK", kroner = "crown", krone = "crown", kr = "crown", ["kr."] = "crown",
  inr = "INR", rupees = "INR", pln = "PLN", zloty = "PLN", zlotys = "PLN", ["złoty"] = "PLN", uah = "UAH", hryvnia = "UAH",
  hryvnias = "UAH", hryvnja = "UAH",
  ["schwedische kronen"] = "SEK", ["svenska kronor"] = "SEK", ["norske kroner"] = "NOK", ["danske kroner"] = "DKK",
  ["corone svedesi"] = "SEK", ["corone norvegesi"] = "NOK",
}
-- Currency and scale in one word: "5 mnkr".
local thousands = { tkr = 1e3, mkr = 1e6, mnkr = 1e6, mdkr = 1e9, mdr = 1e9 }
local crowns = { sv = "SEK", nb = "NOK", nn = "NOK", da = "DKK" }

-- Words for large numbers. English "billion" is 10^9; elsewhere it is 10^12.
local large = {
  million = 1e6, millions = 1e6, miljon = 1e6, miljoner = 1e6, millioner = 1e6, millionar = 1e6, millionen = 1e6, milione = 1e6,
  milioni = 1e6, mn = 1e6, mio = 1e6, ["mio."] = 1e6,
  mill = 1e6, ["mill."] = 1e6, milj = 1e6, ["milj."] = 1e6, mia = 1e9, ["mia."] = 1e9, miljard = 1e9, miljarder = 1e9,
  milliard = 1e9, milliarder = 1e9,
  milliarde = 1e9, milliarden = 1e9, miliardo = 1e9, miliardi = 1e9, bn = 1e9, billion = 1e9,
  billionen = 1e12, billioner = 1e12, biljoner = 1e12, ["mrd."] = 1e9, mrd = 1e9,
  trillion = 1e12, tusen = 1e3, tusind = 1e3, thousand = 1e3, tausend = 1e3, mila = 1e3,
  mln = 1e6, mld = 1e9, crore = 1e7,
}

-- Letters that stand for them behind a sign and a number, as in "$3m".
local letters = { m = 1e6, b = 1e9, tn = 1e12, k = 1e3 }

-- A number as people write it: "1,250.5", "1.250,5", "1 250". Three digits behind a lone mark are thousands, but "1,234
-- miljarder" has the language's decimal mark.
local function read_number(text, lang, scaled)
  text = text:gsub("[^%d.,]", "")
  local comma, point = text:find(",[^,]*$"), text:find("%.[^.]*$")
  local decimal = comma and point and (comma > point and "," or ".") or comma and "," or point and "." or nil
  if decimal and not (comma and point) then
    local behind = text:match("[,.](%d+)$")
    local own = scaled and (decimal == ".") == (lang == "en") and not text:find("[,.]%d+[,.]")
    if not behind or #behind == 3 and not own then decimal = nil end
  end
  if decimal == "," then return tonumber((text:gsub("%.", ""):gsub(",", "."))) end
  if decimal == "." then return tonumber((text:gsub(",", ""))) end
  return tonumber((text:gsub("[,.]", "")))
end

local function alternatives(t)
  local list = {}
  for word in pairs(t) do list[#list + 1] = (word:gsub("%.", "\\.")) end
  table.sort(list, function(a, b) return #a > #b or #a == #b and a < b end)
  return table.concat(list, "|")
end

-- Groups of three stand apart by a point, a comma or any blank, an unbroken or narrow one too (\h).
local number = [[(\d{1,3}(?:[\h.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)]]
local scale = "(?:,-)?(?:[\\h-]?(" .. alternatives(large) .. "))?"
local before = [[((?i:us|au|a|ca|c|nz|hk)?\$|[€£¥₹₽₴]|USD|EUR|GBP|CHF|SEK|NOK|DKK|PLN|UAH|INR|kr\.?)\h?]] .. number ..
  [[(?i)(?:[\h-]?(]] .. alternatives(large) .. "|" .. alternatives(letters) .. "))?"
local behind = "(?i)" .. number .. scale .. [[[\h-]?(?:di |d['’])?(]] .. alternatives(words) .. "|" ..
  alternatives(thousands) .. "|[€$£])" .. scale
-- Pounds that are weighed: "weighs 300 pounds", "20 pounds in weight".
local heavy_before = "(?<!weigh )(?<!weighs )(?<!weighed )(?<!weighing )(?<!lifted )(?<!lifting )"
local heavy_behind = "(?! (?:in weight|of weight|heavier|lighter|overweight|of (?:meat|cocaine|fentanyl|explosives|coffee)))"

-- "EUR 2500000" for "€", "2.5", "million"; nil where nobody can tell, as of "300 kroner" in an English article.
local function value_of(currency, amount, large_word, lang)
  currency = newsmark.lower(currency)
  local code = signs[currency] or words[currency] or thousands[currency] and "crown"
  if code == "crown" then code = crowns[lang] end
  local word = large_word and newsmark.lower(large_word)
  local value = read_number(amount, lang, word)
  if not code or not value then return nil end
  value = value * (large[word] or letters[word] or 1) * (thousands[currency] or 1)
  if word == "billion" and lang ~= "en" then value = value * 1000 end
  return code .. " " .. (("%.2f"):format(value):gsub("%.00$", ""))
end

return newsmark.tagger {
  api = 1,
  name = "money",
  tags = { money = { label = "Amount of money", style = "underdashed", light = "#2F6B2F", dark = "#9FD59F", cvd = "#009E73" } },
  patterns = {
    -- "£2.5-3bn": the scale stands at the other end.
    { tag = "money", group = 1, re = [[(?<![\w])(]] .. before .. [[)(?![\p{L}\d])(?!\h\d{3}\b)(?=(?i)(?:[-–]\d+(?:[.,]\d+)?\h?(]] ..
      alternatives(large) .. "|" .. alternatives(letters) .. [[)\b)?)]],
      value = function(m) return value_of(m[2], m[3], m[4] or m[5], m.lang) end },
    { tag = "money", re = [[(?<![\w.,:])(?<!\d\h)]] .. heavy_before .. behind .. [[(?![\p{L}\d]|-\p{Lu})]] .. heavy_behind,
      value = function(m) return value_of(m[3], m[1], m[2] or m[4], m.lang) end },
  },
  tests = {
    "It cost [[$2.5 billion|money=USD 2500000000]] or [[€ 1,250|money=EUR 1250]].",
    "A fine of [[300,000 pounds|money=GBP 300000]] and [[12.50 euros|money=EUR 12.50]].",
    { lang = "sv", "Notan blev [[3,2 miljarder kronor|money=SEK 3200000000]] och [[1 500 euro|money=EUR 1500]]." },
    { lang = "sv", "Det blev [[1,234 miljarder kronor|money=SEK 1234000000]] och [[5 mkr|money=SEK 5000000]] till." },
    "NASA got [[$16.4 billion|money=USD 16400000000]], then [[$1.234 million|money=USD 1234000]].",
    { lang = "da", "Det er [[1.250 millioner kroner|money=DKK 1250000000]]." },
    { lang = "nb", "De fikk [[kr 10,047 mill.|money=NOK 10047000]] i fjor." },
    { lang = "nb", "Prisen er [[12 millioner kroner|money=NOK 12000000]]." },
    { lang = "da", "Det koster [[450.000 kroner|money=DKK 450000]]." },
    { lang = "de", "Der Bund zahlt [[1,5 Milliarden Euro|money=EUR 1500000000]]." },
    { lang = "de", "Es geht um [[2 Billionen Euro|money=EUR 2000000000000]]." },
    { lang = "it", "La multa è di [[20 mila euro|money=EUR 20000]], il debito di [[3,1 miliardi di euro|money=EUR 3100000000]]." },
    { lang = "da", "De får [[120 £ millioner|money=GBP 120000000]] og [[kr. 500|money=DKK 500]]." },
    "They raised [[A$5m|money=AUD 5000000]], [[$3.6bn|money=USD 3600000000]] and [[NOK 250 000|money=NOK 250000]].",
    "She paid [[300 kroner|money=]] and [[99999999999999999999 million euros|money]].",
    "Between [[£2.5|money=GBP 2500000000]]-3bn, for a [[$5-million|money=USD 5000000]] house and a " ..
      "[[₹500 crore|money=INR 5000000000]] dam.",
    { none = "The parcel weighs 300 pounds; she lost 20 pounds in weight. Euro 2024 was held in 10 cities." },
    { lang = "sv", none = "Klockan 12:50 kronor. Tre Kronor vann med 3-2." },
    { lang = "de", none = "Das 49 Euro-Ticket und die EURO 2024." },
    { lang = "it", "Servono [[200 mln di euro|money=EUR 200000000]]. Un diesel euro 5." },
    { lang = "nb", "Prisen er [[25,- kroner|money=NOK 25]]." },
    { none = "In 2023 there were 12 million people and 3 dollies." },
  },
}
