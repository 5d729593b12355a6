-- sanctions: the words of sanctions in six languages, lists of those sanctioned, and EU regulations. The value of a list is
-- its programme, of a regulation its number, of words their English name.
local newsmark = require("newsmark")

local terms = {
  ["asset freeze"] = { "asset freeze", "asset freezes", "frozen assets", "frysta tillgångar", "frysning av tillgångar",
    "frosne verdier", "frys av midler", "frysning av midler", "indefrosne midler", "indefrysning af midler",
    "eingefrorene Vermögen", "eingefrorenen Vermögen", "Einfrieren von Vermögenswerten", "congelamento dei beni", "beni congelati" },
  ["travel ban"] = { "travel ban", "travel bans", "entry ban", "inreseförbud", "innreiseforbud", "indrejseforbud",
    "Einreiseverbot", "Einreiseverbote", "Einreisesperre", "divieto di ingresso" },
  ["arms embargo"] = { "arms embargo", "vapenembargo", "vapenembargot", "våpenembargo", "våbenembargo", "Waffenembargo",
    "embargo sulle armi" },
  ["oil embargo"] = { "oil embargo", "oljeembargo", "oljeembargot", "olieembargo", "Ölembargo", "embargo petrolifero" },
  ["sanctions"] = { "sanctions", "sanktioner", "sanktionerna", "sanktionen", "sanksjoner", "sanksjonene", "sanktionerne",
    "Sanktionen", "secondary sanctions", "sanctions package", "sanktionspaket", "sanksjonspakke", "sanktionspakke",
    "Sanktionspaket", "pacchetto di sanzioni" },
  ["shadow fleet"] = { "shadow fleet", "skuggflotta", "skuggflottan", "skyggeflåte", "skyggeflåten", "skyggeflåde", "skyggeflåden",
    "Schattenflotte", "flotta ombra" },
}

local lists = {}
for value, words in pairs(terms) do
  lists[#lists + 1] = { tag = "sanction", whole = true, case = "fold", words = words, value = value }
end

-- Of oil, not of rents or fees.
lists[#lists + 1] = { tag = "sanction", case = "fold", value = "price cap",
  words = { "price cap", "pristak", "pristaket", "prisloft", "prisloftet", "Preisdeckel", "Preisobergrenze", "tetto al prezzo",
    "tetto ai prezzi" },
  near = { "oil", "olj", "olie", " öl", "petrol", "gas", "barrel", "russ", "rysk", "ryss", "sanct", "sankt", "sanks", "sanzion" } }

local programmes = { OFAC = "US-OFAC", SDN = "US-OFAC-SDN", OFSI = "UK-OFSI", SECO = "CH-SECO" }

return newsmark.tagger {
  api = 1,
  name = "sanctions",
  languages = { "sv", "nb", "nn", "da", "de", "it", "en" },
  tags = {
    sanction = { label = "Sanctions", style = "underdouble", light = "#8A1C4A", dark = "#F09AC0", cvd = "#CC79A7" },
    sanctions_list = { label = "Sanctions list", parent = "sanction" },
  },
  lists = lists,
  patterns = {
    -- Not what a court or an office makes a citizen pay.
    { tag = "sanction", re = [[\b[Ss]anzioni\b(?! (?:amministrativ|pecuniari|disciplinar|penal|tributari|fiscal|sportiv))]],
      value = "sanctions" },
    { tag = "sanctions_list", re = [[\b(OFAC|SDN|OFSI|SECO)\b]], value = function(m) return programmes[m[1]] end,
      near = { "sanction", "sanktion", "sanksjon", "sanzion", "treasury", "list", "embargo", "OFAC" } },
    { tag = "sanctions_list",
      re = [[\b(?:Council )?(?:Regulation|Förordning|förordning|forordning|Verordnung|Regolamento|regolamento) \((?:EU|UE)\) ]] ..
        [[(?:No\.? |nr\.? |Nr\.? |n\. ?)?(\d{1,4}/\d{1,4})\b]],
      value = function(m) return "EU-" .. m[1] end },
  },
  tests = {
    "An [[asset freeze|sanction=asset freeze]] and [[travel bans|sanction=travel ban]] " ..
      "under [[Regulation (EU) 833/2014|sanctions_list=EU-833/2014]].",
    "The bank was added to the [[SDN|sanctions_list=US-OFAC-SDN]] list.",
    { lang = "sv", "EU:s nya [[sanktionspaket|sanction=sanctions]] riktas mot [[skuggflottan|sanction=shadow fleet]]." },
    { none = "They met him about the price cap for prescriptions." },
    { lang = "nb", "[[Sanksjonene|sanction=sanctions]] og et [[pristak|sanction=price cap]] virker." },
    { lang = "da", "[[Sanktionerne|sanction]] og et [[våbenembargo|sanction=arms embargo]] gælder." },
    { lang = "de", "Nach der [[Verordnung (EU) Nr. 269/2014|sanctions_list=EU-269/2014]] " ..
      "gilt ein [[Einreiseverbot|sanction=travel ban]]." },
    { lang = "it", "Le [[sanzioni|sanction=sanctions]] e l'[[embargo petrolifero|sanction=oil embargo]] restano." },
    { lang = "it", none = "Le sanzioni amministrative per chi parcheggia qui." },
    { none = "The sanctioned spelling is older." },
    { none = "SDN networks are routed by software." },
  },
}
