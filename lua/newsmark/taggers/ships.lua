-- ships: IMO numbers whose check digit is right, and ships named by their kind. The value of a ship that stands beside its
-- number is that number.
local newsmark = require("newsmark")

-- The last digit is the last of the sum of the first six, weighted 7 to 2 (IMO resolution A.1117(30)).
local function is_imo(digits)
  local sum = 0
  for i = 1, 6 do sum = sum + (digits:byte(i) - 48) * (8 - i) end
  return sum % 10 == digits:byte(7) - 48
end

-- Kinds of ship that stand before a name, in six languages. In lower case but where a sentence or a noun has it otherwise:
-- "Ferry Terminal" is no ship.
local kinds = table.concat({
  "tanker", "oil tanker", "cargo ship", "container ship", "bulk carrier", "ferry", "frigate", "vessel", "cruise ship", "destroyer",
  "icebreaker", "superyacht", "trawler", "corvette",
  "[Tt]ankfartyget", "[Tt]ankern", "[Ll]astfartyget", "[Ff]ärjan", "[Ff]raktfartyget", "[Cc]ontainerfartyget", "[Ff]regatten",
  "[Ii]sbrytaren", "[Oo]ljetankern", "[Kk]ryssningsfartyget", "[Kk]orvetten", "[Oo]ljetankeren", "[Oo]lietankeren", "[Tt]ankeren",
  "[Cc]ruiseskipet", "[Kk]rydstogtskibet", "[Ii]sbryteren", "Kreuzfahrtschiff", "Zerstörer", "Eisbrecher", "Korvette",
  "[Ll]a nave", "nave da crociera", "peschereccio", "cacciatorpediniere", "rompighiaccio",
  "[Ff]artyget", "[Tt]ankskipet", "[Ll]asteskipet", "[Ff]ergen", "[Ff]erja", "[Ff]raktskipet", "[Ss]kipet", "[Tt]ankskibet",
  "[Ff]ragtskibet", "[Ff]ærgen", "[Ss]kibet", "Tanker", "Öltanker", "Frachter", "Fähre", "Fregatte", "Containerschiff", "Frachtschiff",
  "petroliera", "nave cargo", "nave portacontainer", "traghetto", "fregata",
}, "|")
-- What stands there and is a class of ships: "Fregatte F125", "fregata Tipo F-125".
-- Nor names of firms, articles, and of the country that it is of: "USS Company", "Der Tanker Russlands".
local class = [[(?!(?:Typ|Type|Tipo|Klasse|Class|Classe|War|Wars|Company|Corp|Corporation|Group|Service|Services|Terminal|Ltd|Inc|AG|]] ..
  [[AB|ASA?|Der|Die|Das|Den|Det|The|Norges|Sveriges|Danmarks|Russlands|Deutschlands|Kinas|Irans|Finlands|USAs?)\b|\p{Lu}{1,4}[ -]?\d)]]
-- "St. Anna", "John F. Kennedy"; else a point is the sentence's.
local first = [[(?:(?:St|Ste|Sta|Sto|Dr|Mt)\.(?= \p{Lu})|\p{Lu}[\p{L}\d'’-]+)]]
local word = [[(?:(?:St|Ste|Sta|Sto|Dr|Mt|\p{Lu})\.(?= \p{Lu})|\p{Lu}[\p{L}\d'’-]*)]]
local name = class .. first .. "(?: (?:(?:of|de|af|av) )?" .. word .. [[|[ -]\d{1,2}(?=[”"»,.)]|$))*]]
-- Words of the sea: "MV Agusta" and "MS Society" are no ships.
local sea = { " ship", "steamship", "cargo", "skepp", "fartyg", " skip", " skib", "schiff", "fähr", "ferry", "ferries", "färj",
  "ferge", "færge", "vessel", "cruise", "kryss", "nave ", "navi ", "traghett", "hamn", "havn", "hafen", "harbour", "harbor", "porto ",
  "sea captain", "kapten", "kaptein", "kapitän", " crew ", "besättning", "mannskap", "besatzung", "equipaggio", " sank", "tanker",
  "sailed", "coast", "IMO" }
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
    { tag = "ship", group = 1,
      re = [[\b(?:M/[VTSFY]|HMS|USS|HDMS|KNM|RMS|(?:]] .. kinds .. [[)(?: (?:M/?[VTSFY]|SS|HMS|HMC|USS|KNM))?) ]] ..
        [[[”"“„»«]?(]] .. name .. ")" },
    { tag = "ship", group = 1, re = [[\b(?:M[VTSFY]|SS) [”"“„»«]?(]] .. name .. ")", near = sea },
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
    { none = "The ferry was late. The vessel sank. The Ferry Terminal is closed." },
    { none = "MS Society sent a letter, and MV Agusta a bill." },
    "The cruise ship MS [[Estrid|ship]] is in port, beside the HMS [[Visby|ship]].",
    "The tanker [[St. Anna of Hull|ship]] of the fleet met the vessel [[Eagle 3|ship]], then the vessel [[Hope|ship]] 28 times.",
    "The cargo ship MV [[Namse|ship]] vanished.",
    { lang = "sv", "Fartyget M/S [[Sigyn|ship]] lossar." },
    { none = "Their relationship with MS Although ended." },
    "The destroyer USS [[Cole|ship]], the [[John F. Kennedy|ship=9074729]] (IMO [[9074729|imo]]) and the tanker market.",
    { lang = "da", "Færgen [[Mette Mo|ship]]. Fregatten [[Niels Juel|ship]]. Olietankeren [[Eventin|ship]]." },
    { lang = "nb", "Fregatten KNM [[Helge Ingstad|ship]]. Skipet Norges Bank. Skipet I. Hurtigruten." },
    { lang = "it", "La nave [[Costa Concordia|ship]]. La fregata [[Fasan|ship]]." },
    { none = "USS Company and the Tanker War, Tanker Der." },
    { lang = "de", none = "Die Fregatte F125 ist zu schwer." },
  },
}
