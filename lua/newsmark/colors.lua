-- Highlight groups. Kinds differ by the shape of their underline first and by hue second, so that neither a
-- terminal of few colours nor an eye that confuses them loses anything; quotations are a background, so that
-- marks within stay legible.
--
-- Users and colour schemes set NewsmarkPerson and its kin. Ours are private groups ("NewsmarkDefaultPerson")
-- which those link to by default: they can be defined anew for another background without touching what
-- somebody chose.
local M = {}

-- Neovim 0.7 has other names for the shapes.
local new_names = vim.fn.has("nvim-0.8") == 1
local shapes = {
  single = "underline",
  double = new_names and "underdouble" or "underlineline",
  dotted = new_names and "underdotted" or "underdot",
  dashed = new_names and "underdashed" or "underdash",
  curl = "undercurl",
}

-- Hues by palette and background: those of plugin.toml, where the command line has its own from (a test
-- compares). `cvd` is Okabe and Ito's palette, its lighter hues darkened on a light background. `speakers` are
-- for people who speak in one article: the hue of their name, and mixed into the background that of their
-- quotations' ground.
local palettes = {
  default = {
    light = {
      person = "#0B5CAD", org = "#8A4B00", place = "#1B7A3D", date = "#8B2F8F", tag = "#A3262A", speaker = "#0B5CAD",
      source = "#5A6A00", cue = "#6B6B6B", quote = "#B39A2C", unattributed = "#8A8A8A", hint = "#6B6B6B",
      speakers = { "#0B5CAD", "#8A4B00", "#1B7A3D", "#7A3FB0", "#A3262A", "#006D77", "#7A6A00", "#A8326E",
        "#3F51B5", "#5D6B00", "#8D4E85", "#455A64" },
    },
    dark = {
      person = "#7FB3FF", org = "#E8B26A", place = "#86D6A0", date = "#DDA0E0", tag = "#FF9A8F", speaker = "#7FB3FF",
      source = "#C5D36A", cue = "#A0A0A0", quote = "#C9B458", unattributed = "#A0A0A0", hint = "#8A8F98",
      speakers = { "#7FB3FF", "#E8B26A", "#86D6A0", "#C9A0F0", "#FF9A8F", "#6FD3D9", "#D6D06A", "#F0A0C8",
        "#A3B1FF", "#B5D66A", "#D9A0D9", "#B0BEC5" },
    },
  },
  cvd = {
    light = {
      person = "#0072B2", org = "#A86E00", place = "#007A5A", date = "#A0457A", tag = "#D55E00", speaker = "#D55E00",
      source = "#D55E00", cue = "#555555", quote = "#56B4E9", unattributed = "#8A8A8A", hint = "#555555",
      speakers = { "#0072B2", "#D55E00", "#007A5A", "#A0457A", "#A86E00", "#2F2F2F" },
    },
    dark = {
      person = "#56B4E9", org = "#E69F00", place = "#009E73", date = "#CC79A7", tag = "#D55E00", speaker = "#D55E00",
      source = "#D55E00", cue = "#AAAAAA", quote = "#56B4E9", unattributed = "#AAAAAA", hint = "#AAAAAA",
      speakers = { "#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#F0E442" },
    },
  },
}
-- The same for terminals of 256 colours; grounds too, which cannot be mixed there.
local numbers = {
  light = {
    person = 25, org = 94, place = 29, date = 90, tag = 124, speaker = 25, source = 58, cue = 242, hint = 242,
    speakers = { 25, 94, 29, 91, 124, 30, 58, 125, 61, 64, 96, 240 },
    grounds = { quote = 230, unattributed = 254, 189, 223, 194, 225, 224, 195, 229, 218, 147, 193, 182, 252 },
  },
  dark = {
    person = 111, org = 179, place = 115, date = 182, tag = 210, speaker = 111, source = 185, cue = 247, hint = 245,
    speakers = { 111, 179, 115, 183, 210, 80, 185, 218, 147, 149, 176, 250 },
    grounds = { quote = 237, unattributed = 236, 17, 94, 22, 54, 52, 23, 58, 53, 60, 64, 96, 238 },
  },
}
-- The background where the colour scheme sets none, and how much of a hue goes into a ground.
local base = { light = "#FFFFFF", dark = "#16181D" }
local share = { light = 0.16, dark = 0.22 }

M.VOICES = 12 -- groups for speakers; a palette with fewer hues begins anew

-- Groups, their hue and how they look. Doubtful marks ("NewsmarkPersonUncertain") keep the hue under a curl.
local marks = {
  { "Person", "person", { shapes.single } },
  { "Org", "org", { shapes.double } },
  { "Place", "place", { shapes.dotted } },
  { "Date", "date", { shapes.dashed } },
  { "Tag", "tag", { shapes.double, "bold" } },
}
local words = {
  { "Speaker", "speaker", { "bold" } },
  { "SpeakerUncertain", "speaker", { "bold", shapes.curl } },
  { "Source", "source", { "bold" } },
  { "Cue", "cue", { "italic" } },
  { "Hint", "hint", { "italic" } },
  { "Reviewed", "hint", {} },
}
local links = {
  NewsmarkIndirect = "NewsmarkQuote", NewsmarkListTitle = "Title", NewsmarkListDate = "Number",
  NewsmarkListPath = "Comment", NewsmarkListContext = "Normal", NewsmarkListMatch = "Search",
}

local function rgb(color)
  local number = type(color) == "number" and color or tonumber(color:sub(2), 16)
  return math.floor(number / 65536), math.floor(number / 256) % 256, number % 256
end

-- So much of `hue` over `under`, as "#RRGGBB".
local function mix(under, hue, part)
  local r, g, b = rgb(under)
  local r2, g2, b2 = rgb(hue)
  local function one(x, y) return math.floor(x + (y - x) * part + 0.5) end
  return ("#%02X%02X%02X"):format(one(r, r2), one(g, g2), one(b, b2))
end

-- Text on a ground where the colour scheme says nothing of text: the terminal's own may be light on a ground for
-- dark text, as 'background' may be wrong about it.
local ink = { light = { fg = "#1A1A1A", ctermfg = 234 }, dark = { fg = "#E4E4E4", ctermfg = 254 } }

local function normal(rgb_ones)
  local fine, found = pcall(vim.api.nvim_get_hl_by_name, "Normal", rgb_ones)
  return fine and found or {}
end

--- Define the groups for the palette chosen and the background of now.
function M.apply()
  local choice = require("newsmark.config").get().colors
  if choice == "none" then return end
  local background = vim.o.background == "light" and "light" or "dark"
  local hues, cterm = palettes[choice][background], numbers[background]
  -- What the colour scheme has behind the text. Its own say on light or dark may differ from 'background'.
  local scheme = normal(true)
  local under = scheme.background or base[background]
  local fg = not scheme.foreground and ink[background].fg or nil
  local ctermfg = not normal(false).foreground and ink[background].ctermfg or nil

  local function define(name, attributes)
    vim.api.nvim_set_hl(0, "NewsmarkDefault" .. name, attributes)
    vim.api.nvim_set_hl(0, "Newsmark" .. name, { link = "NewsmarkDefault" .. name, default = true })
  end
  local function define_text(name, hue, number, look)
    local attributes = { fg = hue, sp = hue, ctermfg = number }
    -- Without a `cterm` of their own they hold there too; 0.7 would not know the shapes in it.
    for _, attribute in ipairs(look) do attributes[attribute] = true end
    define(name, attributes)
  end
  local function define_ground(name, hue, number, look)
    local attributes = { bg = mix(under, hue, share[background]), ctermbg = number, fg = fg, ctermfg = ctermfg }
    for _, attribute in ipairs(look or {}) do attributes[attribute] = true end
    define(name, attributes)
  end

  for _, mark in ipairs(marks) do
    define_text(mark[1], hues[mark[2]], cterm[mark[2]], mark[3])
    define_text(mark[1] .. "Uncertain", hues[mark[2]], cterm[mark[2]], { shapes.curl })
    define_text(mark[1] .. "Sign", hues[mark[2]], cterm[mark[2]], {})
  end
  for _, word in ipairs(words) do define_text(word[1], hues[word[2]], cterm[word[2]], word[3]) end
  define_ground("Quote", hues.quote, cterm.grounds.quote)
  define_ground("Unattributed", hues.unattributed, cterm.grounds.unattributed, { "italic" })
  for number = 1, M.VOICES do
    local hue = (number - 1) % #hues.speakers + 1
    define_text("Speaker" .. number, hues.speakers[hue], cterm.speakers[hue], { "bold" })
    define_ground("Quote" .. number, hues.speakers[hue], cterm.grounds[hue])
  end
  for group, target in pairs(links) do vim.api.nvim_set_hl(0, group, { link = target, default = true }) end
  -- Before 0.10 a window that floats is magenta where no colour scheme says otherwise.
  local popup = (vim.g.colors_name or vim.fn.has("nvim-0.10") == 1) and "NormalFloat" or "Normal"
  vim.api.nvim_set_hl(0, "NewsmarkPopup", { link = popup, default = true })
end

--- Give a floating window our colours.
function M.dress(win) vim.wo[win].winhighlight = "NormalFloat:NewsmarkPopup,FloatBorder:NewsmarkPopup" end

local tag_groups = {} -- by tag
local tag_looks = {} -- by tag: what its script declares

local function define_tag(tag)
  local group = tag_groups[tag]
  local default = "NewsmarkDefault" .. group:sub(9)
  vim.api.nvim_set_hl(0, default, tag_looks[tag] or { link = "NewsmarkTag" })
  vim.api.nvim_set_hl(0, group, { link = default, default = true })
end

--- The group of a tag that scripts declare: its own; it looks as its script says, else as NewsmarkTag.
---@param tag string "weapon"
---@return string "NewsmarkTagWeapon"
function M.tag_group(tag)
  if not tag_groups[tag] then
    local name = tag:gsub("[^%w]+", " "):gsub("(%a)(%w*)", function(a, b) return a:upper() .. b end):gsub(" ", "")
    tag_groups[tag] = "NewsmarkTag" .. name
    define_tag(tag)
  end
  return tag_groups[tag]
end

local styles = {
  underline = shapes.single, underdouble = shapes.double, underdotted = shapes.dotted, underdashed = shapes.dashed,
  bold = "bold",
}

--- What a script says of its tag's look: a style of plugin.toml, and a colour for each palette. The rest is as
--- with NewsmarkTag.
---@param tag string
---@param look {style?: string, light?: string, dark?: string, cvd?: string}
function M.set_tag(tag, look)
  local choice = require("newsmark.config").get().colors
  local hue = look[choice == "cvd" and "cvd" or vim.o.background]
  if hue and choice ~= "none" then
    tag_looks[tag] = { fg = hue, sp = hue, bold = true, [styles[look.style] or shapes.double] = true }
  end
  if tag_groups[tag] then define_tag(tag) else M.tag_group(tag) end
end

local function reapply()
  M.apply()
  if package.loaded["newsmark.scripts"] then require("newsmark.scripts").color_tags() end
  for tag in pairs(tag_groups) do define_tag(tag) end
end

local group = vim.api.nvim_create_augroup("newsmark_colors", { clear = true })
vim.api.nvim_create_autocmd("ColorScheme", { group = group, callback = reapply })
vim.api.nvim_create_autocmd("OptionSet", { group = group, pattern = "background", callback = reapply })
M.apply()

return M
