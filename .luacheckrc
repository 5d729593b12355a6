-- Neovim's Lua; that of the core (host, taggers) runs in Lua 5.4, in a sandbox.
max_line_length = 120
std = "luajit"
read_globals = { vim = { other_fields = true, fields = {
  g = { read_only = false, other_fields = true },
  b = { read_only = false, other_fields = true },
  bo = { read_only = false, other_fields = true },
  o = { read_only = false, other_fields = true },
  wo = { read_only = false, other_fields = true },
  notify = { read_only = false },
} } }
files["lua/newsmark/host"] = {
  std = "lua54",
  max_line_length = 140,
  globals = { "require", "xpcall", "coroutine" }, -- the sandbox puts its own in their place
  ignore = { "582" }, -- `not a == not b`: one of both
}
files["lua/newsmark/host/api.meta.lua"] = { ignore = { "2.." } } -- stubs, for editors
files["lua/newsmark/taggers"] = { std = "lua54", max_line_length = 140 }
exclude_files = { "build" }
