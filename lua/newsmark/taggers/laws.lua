-- laws: references to laws and articles, in the forms that newspapers of six languages use. The value is a path: country,
-- code, section ("de/stgb/188", "eu/gdpr/17", "us/18/793").
local newsmark = require("newsmark")

local function lower(text) return (newsmark.lower(text):gsub("%s+", "-")) end

return newsmark.tagger {
  api = 1,
  name = "laws",
  tags = { law = { label = "Legal reference", parent = "entity", style = "underdotted", light = "#5B4A00", dark = "#D8C46A",
    cvd = "#F0E442" } },
  patterns = {
    { tag = "law", re = [[\b(\d{1,2}) U\.?S\.?C\.?(?: §+)? ?(\d+[a-z]?)\b]],
      value = function(m) return "us/" .. m[1] .. "/" .. m[2] end },
    { tag = "law",
      re = [[\b(?:Article|Artikel|artikel|Art\.|articolo|art\.) (\d+)(?:\((\d+)\))?(?: (?:of the|i|der|des|in|del|della))? ]] ..
        [[(GDPR|DSGVO|TFEU|TEU|ECHR|EKMR|EMRK|AEUV|EUV|TFUE|TUE|CEDU)\b]],
      value = function(m)
        local names = { dsgvo = "gdpr", ekmr = "echr", emrk = "echr", cedu = "echr", aeuv = "tfeu",
          tfue = "tfeu", euv = "teu", tue = "teu" }
        local code = m[3]:lower()
        return "eu/" .. (names[code] or code) .. "/" .. m[1] .. (m[2] and "." .. m[2] or "")
      end },
    { tag = "law",
      re = [[(?:§+|\b(?:Art\.|Artikel|Paragraf)) ?(\d+[a-z]?)(?: (?:Abs\.|Absatz) ?(\d+))?]] ..
        [[(?: (?:S\.|Satz|Nr\.|Nummer) ?\d+)? (?:des |der )?]] ..
        [[(StGB|StPO|GG|Grundgesetz(?:es)?|BGB|AufenthG|AsylG|VStGB|HGB|AO|ABGB|\p{Lu}\p{Ll}+gesetz(?:es)?)\b]],
      value = function(m)
        local code = newsmark.lower(m[3]):gsub("gesetzes$", "gesetz"):gsub("^grundgesetz$", "gg")
        return "de/" .. code .. "/" .. m[1] .. (m[2] and "." .. m[2] or "")
      end },
    { tag = "law", re = [[\b(\d+) kap\.? ?(\d+) ?§ (brottsbalken|BrB|regeringsformen|RF|tryckfrihetsförordningen|rättegångsbalken|RB)\b]],
      value = function(m)
        local names = { BrB = "brottsbalken", RF = "regeringsformen", RB = "rättegångsbalken" }
        return "se/" .. lower(names[m[3]] or m[3]) .. "/" .. m[1] .. "." .. m[2]
      end },
    { tag = "law",
      re = [[\b(?:artikel (\d+) i (?:Europakonventionen|EKMR)|EMK,? artikkel (\d+)|artikkel (\d+) i EMK|articolo (\d+) della CEDU)\b]],
      value = function(m) return "eu/echr/" .. (m[1] or m[2] or m[3] or m[4]) end },
    { tag = "law",
      re = [[\b((?:[Ss]traffe|[Gg]runn|[Gg]rund|[Rr]etspleje|[Åå]ndsverk|[Uu]tlendings|[Uu]dlændinge|[Oo]ffentleg)lov(?:a|ens?)) ]] ..
        [[(?:§+|paragraf) ?(\d+[a-z]?(?: [a-c]\b)?)(?!\w)]],
      value = function(m)
        local danish = m.lang == "da" or newsmark.lower(m[1]):find("^grund") or newsmark.lower(m[1]):find("^retspleje")
        return (danish and "dk/" or "no/") .. lower(m[1]):gsub("lovens$", "loven") .. "/" .. m[2]:gsub(" ", "")
      end },
    { tag = "law",
      re = [[\b(?:articolo|art\.) (\d+)(?:[ -](bis|ter|quater))? ]] ..
        [[(?:(?:del|della) (codice penale|codice civile|Costituzione)\b|(c\.p\.|c\.c\.))]],
      value = function(m)
        local names = { ["c.p."] = "codice-penale", ["c.c."] = "codice-civile" }
        return "it/" .. (names[m[4]] or lower(m[3])) .. "/" .. m[1] .. (m[2] and "-" .. m[2] or "")
      end },
    { tag = "law", re = [[\b(?!The )(\p{Lu}[\p{L}'’]+ (?:\p{Lu}[\p{L}'’]+ |and |of |the ){0,7}?Act) (\d{4})\b]],
      value = function(m) return "uk/" .. lower(m[1]) .. "/" .. m[2] end },
  },
  tests = {
    "He is charged under [[18 U.S.C. § 793|law=us/18/793]].",
    "A right under [[Article 17 of the GDPR|law=eu/gdpr/17]].",
    "The [[Official Secrets Act 1911|law=uk/official-secrets-act/1911]] applies",
    { lang = "de", "Strafbar nach [[§ 188 StGB|law=de/stgb/188]] und [[Art. 6 EMRK|law=eu/echr/6]]." },
    { lang = "sv", "Åtalet gäller [[19 kap. 5 § brottsbalken|law=se/brottsbalken/19.5]]." },
    { lang = "nb", "Han er siktet etter [[straffeloven § 121|law=no/straffeloven/121]]." },
    { lang = "da", "De er tiltalt efter [[straffelovens § 266|law=dk/straffeloven/266]]." },
    { lang = "it", "In base all'[[articolo 416 del codice penale|law=it/codice-penale/416]]." },
    { lang = "de", "Nach [[Art. 5 GG|law=de/gg/5]], [[§ 130 Abs. 3 Satz 1 StGB|law=de/stgb/130.3]] und " ..
      "[[§ 6 Infektionsschutzgesetz|law=de/infektionsschutzgesetz/6]]." },
    { lang = "sv", "Brott mot [[16 kap 8 § BrB|law=se/brottsbalken/16.8]] och [[artikel 6 i Europakonventionen|law=eu/echr/6]]." },
    { lang = "nb", "[[Grunnloven § 100|law=no/grunnloven/100]], [[straffelovens § 185|law=no/straffeloven/185]] og " ..
      "[[EMK artikkel 10|law=eu/echr/10]]." },
    { lang = "da", "Efter [[straffelovens § 266 b|law=dk/straffeloven/266b]] og [[grundlovens § 77|law=dk/grundloven/77]]." },
    { lang = "it", "L'[[articolo 416 bis del codice penale|law=it/codice-penale/416-bis]] e l'[[art. 575 c.p.|law=it/codice-penale/575]]" },
    { none = "Act 1 begins in 1911. The article of the year was long." },
  },
}
