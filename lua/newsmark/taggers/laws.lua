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
      re = [[§+ ?(\d+[a-z]?)(?: (?:Abs\.|Absatz) ?(\d+))? (?:des |der )?(StGB|StPO|GG|BGB|AufenthG|AsylG|VStGB|HGB|AO|ABGB)\b]],
      value = function(m) return "de/" .. m[3]:lower() .. "/" .. m[1] .. (m[2] and "." .. m[2] or "") end },
    { tag = "law", re = [[\b(\d+) kap\. ?(\d+) ?§ (brottsbalken|regeringsformen|tryckfrihetsförordningen|rättegångsbalken)]],
      value = function(m) return "se/" .. lower(m[3]) .. "/" .. m[1] .. "." .. m[2] end },
    { tag = "law", re = [[\b(straffeloven|straffelova|grunnloven|grunnlova|offentleglova|straffelovens|grundlovens) §+ ?(\d+[a-z]?)\b]],
      value = function(m)
        local danish = m[1]:find("lovens$")
        return (danish and "dk/" or "no/") .. lower(m[1]) .. "/" .. m[2]
      end },
    { tag = "law", re = [[\b(?:articolo|art\.) (\d+)(?: (?:bis|ter))? (?:del|della) (codice penale|codice civile|Costituzione)\b]],
      value = function(m) return "it/" .. lower(m[2]) .. "/" .. m[1] end },
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
    { lang = "da", "De er tiltalt efter [[straffelovens § 266|law=dk/straffelovens/266]]." },
    { lang = "it", "In base all'[[articolo 416 del codice penale|law=it/codice-penale/416]]." },
    { none = "Act 1 begins in 1911. The article of the year was long." },
  },
}
