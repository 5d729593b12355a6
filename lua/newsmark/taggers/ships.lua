-- ships: IMO numbers whose check digit is right, and ships named by their kind. The value of a ship that stands beside its
-- number is that number.
local newsmark = require("newsmark")

-- The last digit is the last of the sum of the first six, weighted 7 to 2 (IMO resolution A.1117(30)).
local function is_imo(digits)
  local sum = 0
  for i = 1, 6 do sum = sum + (digits:byte(i) - 48) * (8 - i) end
  return sum % 10 == digits:byte(7) - 48
end

-- Kinds of ship that stand before a name, in six languages.
local kinds = table.concat({
  "tanker", "oil tanker", "cargo ship", "container ship", "bulk carrier", "ferry", "frigate", "vessel",
  "tankfartyget", "tankern", "lastfartyget", "färjan", "fraktfartyget", "containerfartyget", "fregatten", "fartyget",
  "tankskipet", "lasteskipet", "fergen", "ferja", "fraktskipet", "skipet", "tankskibet", "fragtskibet", "færgen", "skibet",
  "Tanker", "Öltanker", "Frachter", "Fähre", "Fregatte", "Containerschiff", "Frachtschiff",
  "petroliera", "nave cargo", "nave portacontainer", "traghetto", "fregata",
}, "|")
local name = [[\p{Lu}[\p{L}\d'’.-]*(?: (?:\p{Lu}[\p{L}\d'’-]*|of|de|II|III|IV|\d{1,3}))*]]
local imo = [[\bIMO(?:[ -]?(?:number|nummer|numero|no\.?|nr\.?))?:? ?]]

return newsmark.tagger {
  api = 1,
  name = "ships",
  tags = {
    ship = { label = "Ship", parent = "entity", style = "underdouble", light = "#00607A", dark = "#7FD0E8", cvd = "#56B4E9" },
    imo = { label = "IMO number", style = "underdotted" },
  },
  patterns = {
    { tag = "imo", group = 1, re = imo .. [[(\d{7})\b]],
      check = function(m) return is_imo(m[1]) end, value = function(m) return m[1] end },
    -- "… Havsörn (IMO 9074729)": the words in capitals before the bracket are a ship.
    { tag = "ship", group = 1, re = "\\b(" .. name .. [[)[”"“»«]? ?[(,] ?]] .. imo .. [[(\d{7})\b]],
      check = function(m) return is_imo(m[2]) end, value = function(m) return m[2] end },
    { tag = "ship", group = 1, re = [[\b(?:M/?[VTS]|SS|HMS|USS|FS|MS|M/F|(?i:]] .. kinds .. [[)) [”"“„»«]?(]] .. name .. [[)]] },
  },
  tests = {
    "The tanker [[Northern Dawn|ship]] was boarded off Oman.",
    "Inspectors boarded [[Havsörn|ship=9074729]] (IMO [[9074729|imo=9074729]]) at noon.",
    { none = "The order, IMO 9074728, was late." },
    { lang = "sv", "Tankfartyget [[Eken|ship]] ligger utanför Trelleborg." },
    { lang = "nb", "Fergen «[[Fjordkongen|ship]]» gikk på grunn." },
    { lang = "da", "Fragtskibet [[Anholt II|ship]] er på vej." },
    { lang = "de", "Der Frachter [[Weserland|ship]] lief in Bremerhaven ein." },
    { lang = "it", "La petroliera [[Monte Ceneri|ship]] è ferma al largo di Trieste." },
    { none = "The ferry was late. The vessel sank." },
  },
}
