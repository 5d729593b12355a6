-- weapons: weapon systems by name, by designation, and by kind, in Swedish, Norwegian, Danish, German, Italian and English.
-- Systems have no value; kinds have theirs in English. Word lists written for this project.
local newsmark = require("newsmark")

-- Names that mean nothing else in a news article.
local systems = {
  "HIMARS", "ATACMS", "NASAMS", "IRIS-T", "MLRS", "Bayraktar", "Bayraktar TB2", "Shahed", "Shahed-136", "Geran-2",
  "Iskander", "Iskander-M", "Kalibr", "Kinzhal", "Kinzjal", "Oreshnik", "Stinger", "Storm Shadow", "Storm Shadows", "Shaheds",
  "GMLRS", "JASSM", "Kh-101", "SCALP", "Taurus KEPD 350",
  "Leopard 1", "Leopard 2", "Leopard 2A4", "Leopard 2A6", "Challenger 2", "M1 Abrams", "M777", "Panzerhaubitze 2000",
  "PzH 2000", "Flakpanzer Gepard", "Caesar-Haubitze", "JAS 39 Gripen", "Archer-systemet", "Carl-Gustaf", "Stridsvagn 122",
  "Stridsfordon 90", "CV90", "Robot 70", "RBS 70", "RBS 15", "NLAW", "Eurofighter", "Rafale", "Iron Dome", "Tomahawk",
  "Neptun-missil", "SAMP/T", "Switchblade", "Lancet-3", "TOS-1", "Grad-raket", "BM-21 Grad", "AK-47", "AK-74", "Kalasjnikov",
  "Kalaschnikow", "Kalashnikov", "Novitjok", "Novichok", "Nowitschok", "Fateh-110", "Minuteman III", "Trident II",
}

-- Names that are also animals, cars, games and heroes: only beside words of war.
local ambiguous = {
  "Patriot", "Leopard", "Javelin", "Abrams", "Gripen", "Marder", "Gepard", "Puma", "Taurus", "Buk", "Tornado", "Tochka",
  "Smerch", "Uragan", "Himars", "Archer", "Excalibur", "Harpoon",
}

-- Names of people, places and journals: only right before what they are.
local things = [[(?:missil|robot|rakett?|rakete|razz|rocket|luftvärn|luftvern|luftforsvar|flugabwehr|air[- ]defen[cs]e|difes|launcher|]] ..
  [[lance|haubits|haubitz|howitzer|obic|artiller|drone|drön|drohne|anti-tank|pansar|panser|panzer|system)]]

local war = {
  "missil", "robot", "rakett", "raket", "rakete", "razzi", "rocket", "luftvärn", "luftvern", "luftforsvar", "luftförsvar",
  "flugabwehr", "luftabwehr", "air defen", "difesa aerea", "stridsvagn", "stridsvogn", "kampvogn", "kampvogne", "panzer",
  "carro armato", "carri armati", " tank ", " tanks", "artilleri", "artiglieria", "haubits", "haubitz", "howitzer", "obic", "stridsfly",
  "kampfly", "kampfjet", "kampfflugzeug", "fighter jet", "caccia", "batteri", "batterie", "battery", "drönar", "drone",
  "ammunition", "munition", "munizion", "vapen", "våpen", "våben", "waffe", "weapon", "armi ",
}

local kinds = {
  ["cruise missile"] = { "cruise missile", "cruise missiles", "kryssningsrobot", "kryssningsrobotar", "kryssningsrobotarna",
    "kryssermissil", "kryssermissiler", "krydsermissil", "krydsermissiler", "krysserraketter", "Marschflugkörper",
    "missile da crociera", "missili da crociera" },
  ["ballistic missile"] = { "ballistic missile", "ballistic missiles", "ballistisk robot", "ballistiska robotar",
    "ballistisk missil", "ballistiske missiler", "ballistiska missiler", "ballistische Rakete", "ballistische Raketen",
    "ballistischen Raketen", "missile balistico", "missili balistici" },
  ["cluster munition"] = { "cluster munition", "cluster munitions", "cluster bomb", "cluster bombs", "klusterbomb",
    "klusterbomber", "klusterbombe", "klasebombe", "klasebomber", "klyngebombe", "klyngebomber", "Streumunition",
    "Streubombe", "Streubomben", "munizioni a grappolo", "bomba a grappolo", "bombe a grappolo" },
  ["fighter jet"] = { "fighter jet", "fighter jets", "stridsflygplan", "stridsflygplanen", "jaktplan", "jagerfly", "jagerflyet",
    "kampfly", "kampflyene", "Kampfjet", "Kampfjets", "Kampfflugzeug", "Kampfflugzeuge", "caccia da combattimento",
    "jet da combattimento" },
  ["battle tank"] = { "battle tank", "battle tanks", "stridsvagn", "stridsvagnar", "stridsvagnarna", "stridsvogn",
    "stridsvogner", "kampvogn", "kampvogne", "Kampfpanzer", "Kampfpanzern", "carro armato", "carri armati" },
  ["anti-tank weapon"] = { "anti-tank missile", "anti-tank missiles", "pansarvärnsrobot", "pansarvärnsrobotar",
    "panservernrakett", "panserværnsmissil", "panserværnsmissiler", "Panzerabwehrrakete", "Panzerabwehrraketen",
    "missile anticarro", "missili anticarro" },
  ["nerve agent"] = { "nerve agent", "nerve agents", "nervgift", "nervgiftet", "nervegift", "nervegass", "nervegas",
    "Nervengift", "Nervenkampfstoff", "gas nervino", "agente nervino" },
  ["nuclear weapon"] = { "nuclear weapon", "nuclear weapons", "nuclear warhead", "nuclear warheads", "kärnvapen",
    "kärnvapnen", "atomvåpen", "kjernevåpen", "atomvåben", "Atomwaffe", "Atomwaffen", "Atomsprengkopf", "Atomsprengköpfe",
    "armi nucleari", "arma nucleare", "testata nucleare", "testate nucleari" },
}

local lists = {
  { tag = "weapon", whole = true, case = "exact", words = systems },
  { tag = "weapon", whole = true, case = "exact", words = ambiguous, near = war },
}
for kind, words in pairs(kinds) do
  lists[#lists + 1] = { tag = "weapon", whole = true, case = "fold", words = words, value = kind }
end

return newsmark.tagger {
  api = 1,
  name = "weapons",
  languages = { "sv", "nb", "nn", "da", "de", "it", "en" },
  tags = { weapon = { label = "Weapon system", parent = "entity", key = "w" } },
  lists = lists,
  patterns = {
    -- Aircraft, tanks and missiles by designation: MiG-31, Su-34, F-16, T-72B3, S-300, Tu-95MS, AH-64.
    { tag = "weapon",
      re = [[\b(?:MiG|Su|Tu(?!-(?:104|114|124|134|144|154|204|214)\b)|Ka|Mi|AH|UH|CH|MQ|RQ|BMP|BTR|Kh|Ch)]] ..
        [[-\d{1,3}(?:[A-Z]{1,2}\d?)?s?\b]] },
    { tag = "weapon", group = 1, re = [[\b(Tor|Milan|MILAN|Spike|Lancet|Grad|Caesar)(?:-M[12])?[ -](?i:]] .. things .. ")" },
    { tag = "weapon", re = [[\b(?:F-(?:1[4-8]|22|35)[A-F]?s?|B-52[A-H]?s?|A-10s?|C-130s?|V-22s?)\b]] },
    { tag = "weapon", re = [[\bB-[12]\b]],
      near = { "bomb", "stealth", "flygplan", "bombefly", "flugzeug", "aerei", "caccia", "air force" } },
    { tag = "weapon", re = [[\bT-(?:34|54|55|62|64|72|80|90|14)(?:[A-Z]{1,3}\d?)?\b]] },
    { tag = "weapon", re = [[\bS-(?:200|300|350|400|500)(?:[A-Z]{1,3}\d?)?\b]] },
  },
  tests = {
    "Kyiv asked for [[HIMARS|weapon]] launchers and [[F-16|weapon]] jets.",
    "The battery of [[Patriot|weapon]] missiles never arrived.",
    { none = "The patriot cheered. The Patriot Act was renewed, and the leopard slept." },
    { lang = "sv", "Sverige skänker [[Archer|weapon]] och annat artilleri, men inga [[kryssningsrobotar|weapon=cruise missile]]." },
    { lang = "sv", none = "Tor och Milan spelade i Archer förra året." },
    { lang = "nb", "Norge gir [[NASAMS|weapon]] og [[jagerfly|weapon=fighter jet]] til Ukraina." },
    { lang = "da", "Danmark sender [[kampvogne|weapon=battle tank]] af typen [[Leopard 1|weapon]]." },
    { lang = "de", "Berlin liefert [[Marschflugkörper|weapon=cruise missile]], aber keine [[Streumunition|weapon=cluster munition]]." },
    { none = "The Tu-154 carried passengers with a B-1 visa." },
    { none = "The Lancet wrote of chemical weapons. Milan, where a drone fell, was calm." },
    "Two [[F-16s|weapon]] and a [[MiG-29|weapon]] met [[Shaheds|weapon]] and [[Storm Shadows|weapon]]. An F-150 is a truck, F-1 a race.",
    { lang = "sv", none = "Tor och Milan tänkte på vapen och drönare." },
    { lang = "sv", "Ett [[Tor|weapon]]-luftvärn och en [[Spike|weapon]]-robot visades upp." },
    { lang = "de", none = "Der Gepard ist das schnellste Tier der Savanne." },
    { lang = "it", "Roma invia i [[SAMP/T|weapon]] e chiede meno [[armi nucleari|weapon=nuclear weapon]]." },
    "A [[Su-34|weapon]] and two [[T-72B3|weapon]] were lost near an [[S-400|weapon]].",
  },
}
