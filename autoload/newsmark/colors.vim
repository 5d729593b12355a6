vim9script
# How annotations look in Vim 9: the settings, the highlight groups and their text property types, and which of them an annotation
# has.

const VOICES = range(1, 12)
const DEFAULTS = {
  cmd: [],
  autostart: true,
  filetypes: ['text', 'markdown', 'html', 'org', 'rst'],
  show: {entity: true, date: true, quote: true, tag: true},
  colors: 'default',
  uncertain_below: 0.5,
  speaker_colors: true,
  max_bytes: 8 * 1024 * 1024,
  settings: {},
}
# A quotation lies under what is in it; the words of its attribution between.
const PRIORITY = {Quote: 10, Unattributed: 10, Indirect: 10, Speaker: 20, Source: 20, Cue: 20}
const QUOTES = ['Quote', 'Unattributed', 'Indirect'] + VOICES->mapnew((_, voice) => 'Quote' .. voice)
const GROUPS = QUOTES + ['Speaker', 'SpeakerUncertain'] + VOICES->mapnew((_, voice) => 'Speaker' .. voice) + ['Source', 'Cue',
  'Person', 'Org', 'Place', 'Date', 'Tag', 'PersonUncertain', 'OrgUncertain', 'PlaceUncertain', 'DateUncertain', 'Hidden']
const OF_ENTITY = {PER: 'Person', ORG: 'Org', LOC: 'Place'}

# Which properties are the spans of a kind.
const TYPES_OF = {
  entity: ['Person', 'Org', 'Place'], person: ['Person'], org: ['Org'], place: ['Place'], date: ['Date'],
  quote: QUOTES, tag: ['Tag'],
}

var hidden: dict<bool> = {}        # kinds, or 'all'
var defined = false
var tags: dict<dict<any>> = {}     # what scripts say of their tags, by tag
var tag_groups: dict<string> = {}  # by tag: "TagShip"

export def Setting(name: string): any
  var given = get(g:, 'newsmark', {})
  if type(given) != v:t_dict || !has_key(given, name) || type(given[name]) != type(DEFAULTS[name])
    return DEFAULTS[name]
  endif
  return type(DEFAULTS[name]) == v:t_dict ? extend(copy(DEFAULTS[name]), given[name]) : given[name]
enddef

# So much of a hue over what is behind the text, both "#RRGGBB".
def Mix(under: string, hue: string, part: float): string
  return '#' .. [1, 3, 5]->mapnew((_, at) => {
    var from = str2nr(strpart(under, at, 2), 16)
    return printf('%02X', float2nr(round(from + (str2nr(strpart(hue, at, 2), 16) - from) * part)))
  })->join('')
enddef

# Shapes first, hues second, as in Neovim (lua/newsmark/colors.lua has the same hues).
def Colors()
  if Setting('colors') == 'none'
    return
  endif
  var light = &background == 'light'
  var cvd = Setting('colors') == 'cvd'
  var hues = light
    ? {Person: '#0B5CAD', Org: '#8A4B00', Place: '#1B7A3D', Date: '#8B2F8F', Tag: '#A3262A', Speaker: '#0B5CAD',
       Source: '#5A6A00', Cue: '#6B6B6B', Quote: '#B39A2C', Unattributed: '#8A8A8A'}
    : {Person: '#7FB3FF', Org: '#E8B26A', Place: '#86D6A0', Date: '#DDA0E0', Tag: '#FF9A8F', Speaker: '#7FB3FF',
       Source: '#C5D36A', Cue: '#A0A0A0', Quote: '#C9B458', Unattributed: '#A0A0A0'}
  var voices = light
    ? ['#0B5CAD', '#8A4B00', '#1B7A3D', '#7A3FB0', '#A3262A', '#006D77', '#7A6A00', '#A8326E', '#3F51B5', '#5D6B00', '#8D4E85',
       '#455A64']
    : ['#7FB3FF', '#E8B26A', '#86D6A0', '#C9A0F0', '#FF9A8F', '#6FD3D9', '#D6D06A', '#F0A0C8', '#A3B1FF', '#B5D66A', '#D9A0D9',
       '#B0BEC5']
  if cvd
    voices = light ? ['#0072B2', '#D55E00', '#007A5A', '#A0457A', '#A86E00', '#2F2F2F']
      : ['#56B4E9', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#F0E442']
    extend(hues, light
      ? {Person: '#0072B2', Org: '#A86E00', Place: '#007A5A', Date: '#A0457A', Tag: '#D55E00', Speaker: '#D55E00',
         Source: '#D55E00', Cue: '#555555', Quote: '#56B4E9', Unattributed: '#8A8A8A'}
      : {Person: '#56B4E9', Org: '#E69F00', Place: '#009E73', Date: '#CC79A7', Tag: '#D55E00', Speaker: '#D55E00',
         Source: '#D55E00', Cue: '#AAAAAA', Quote: '#56B4E9', Unattributed: '#AAAAAA'})
  endif
  var numbers = light
    ? {Person: 25, Org: 94, Place: 29, Date: 90, Tag: 124, Speaker: 25, Source: 58, Cue: 242, Quote: 230, Unattributed: 254}
    : {Person: 111, Org: 179, Place: 115, Date: 182, Tag: 210, Speaker: 111, Source: 185, Cue: 247, Quote: 237,
       Unattributed: 236}
  var voice_numbers = light ? [25, 94, 29, 91, 124, 30, 58, 125, 61, 64, 96, 240]
    : [111, 179, 115, 183, 210, 80, 185, 218, 147, 149, 176, 250]
  var grounds = light ? [189, 223, 194, 225, 224, 195, 229, 218, 147, 193, 182, 252]
    : [17, 94, 22, 54, 52, 23, 58, 53, 60, 64, 96, 238]
  if str2nr(&t_Co) < 256 && !has('gui_running') && !&termguicolors # some hues, and one ground that text shows on
    numbers = light
      ? {Person: 4, Org: 1, Place: 2, Date: 5, Tag: 1, Speaker: 4, Source: 1, Cue: 0, Quote: 7, Unattributed: 7}
      : {Person: 6, Org: 3, Place: 2, Date: 5, Tag: 1, Speaker: 6, Source: 3, Cue: 7, Quote: 4, Unattributed: 4}
    voice_numbers = [numbers.Speaker]
    grounds = [numbers.Quote]
  endif
  # In tmux and others terminfo's "ds" is not the code of dots, but of a status line.
  var dotted = &t_ds == '' || stridx(&t_ds, "\<Esc>[4") == 0 ? 'underdotted' : 'underline'
  var looks = {Person: 'underline', Org: 'underdouble', Place: dotted, Date: 'underdashed', Tag: 'bold,underdouble',
    Speaker: 'bold', Source: 'bold', Cue: 'italic'}
  highlight default link NewsmarkSpeakerUncertain NewsmarkPersonUncertain
  var background = synIDattr(hlID('Normal'), 'bg#', 'gui')
  var under = background =~ '^#\x\{6}$' ? background : light ? '#FFFFFF' : '#16181D'
  var part = light ? 0.16 : 0.22
  # Where the colour scheme says nothing of text, the terminal's own may be light on a ground for dark text.
  var ink = synIDattr(hlID('Normal'), 'fg#', 'gui') == '' ? (light ? ' guifg=#1A1A1A' : ' guifg=#E4E4E4') : ''
  if synIDattr(hlID('Normal'), 'fg', 'cterm') == ''
    ink ..= ' ctermfg=' .. (str2nr(&t_Co) < 256 ? (light ? 0 : 7) : light ? 234 : 254)
  endif
  for voice in VOICES
    var hue = voices[(voice - 1) % len(voices)]
    var number = voice_numbers[(voice - 1) % min([len(voices), len(voice_numbers)])]
    execute $'highlight default NewsmarkSpeaker{voice} guifg={hue} ctermfg={number} gui=bold cterm=bold'
    number = grounds[(voice - 1) % min([len(voices), len(grounds)])]
    execute $'highlight default NewsmarkQuote{voice} guibg={Mix(under, hue, part)} ctermbg={number}{ink}'
  endfor
  for [name, look] in items(looks)
    var color = $'guifg={hues[name]} guisp={hues[name]} ctermfg={numbers[name]}'
    execute $'highlight default Newsmark{name} {color} gui={look} cterm={look}'
    if look =~ '^under'
      execute $'highlight default Newsmark{name}Uncertain {color} gui=undercurl cterm=undercurl'
    endif
  endfor
  for [name, look] in [['Quote', 'NONE'], ['Unattributed', 'italic']]
    var ground = Mix(under, hues[name], part)
    execute $'highlight default Newsmark{name} guibg={ground} ctermbg={numbers[name]} gui={look} cterm={look}{ink}'
  endfor
  highlight default link NewsmarkIndirect NewsmarkQuote
  # Where no colour scheme says otherwise Vim's menus are magenta.
  execute 'highlight default link NewsmarkPopup' exists('g:colors_name') ? 'Pmenu' : 'Normal'
  for tag in keys(tag_groups)
    ColorTag(tag)
  endfor
enddef

# A tag looks as its script says, else as all tags do; the reader's own NewsmarkTagShip wins.
def ColorTag(tag: string)
  var look = get(tags, tag, {})
  var hue = get(look, Setting('colors') == 'cvd' ? 'cvd' : &background, '')
  var group = tag_groups[tag]
  execute $'highlight default link Newsmark{group} NewsmarkDefault{group}'
  if hue == '' || Setting('colors') == 'none'
    execute $'highlight! link NewsmarkDefault{group} NewsmarkTag'
    return
  endif
  execute $'highlight! link NewsmarkDefault{group} NONE'
  var style = get(look, 'style', 'underdouble')
  var shape = style =~ '^\(under\(line\|double\|dotted\|dashed\|curl\)\|bold\)$' ? style : 'underdouble'
  execute $'highlight NewsmarkDefault{group} guifg={hue} guisp={hue} gui=bold,{shape} cterm=bold,{shape}'
enddef

# "TagShip" for the tag "ship": made when it is first asked for.
export def TagGroup(tag: string): string
  if !has_key(tag_groups, tag)
    tag_groups[tag] = 'Tag' .. split(tag, '[^A-Za-z0-9]\+')->map((_, part) => toupper(part[0]) .. part[1 : ])->join('')
    ColorTag(tag)
    var name = 'Newsmark' .. tag_groups[tag]
    if empty(prop_type_get(name))
      prop_type_add(name, {priority: 30, combine: true, highlight: name})
    endif
  endif
  return tag_groups[tag]
enddef

export def Groups(): list<string>
  return GROUPS + values(tag_groups)
enddef

export def Define()
  Colors()
  if defined
    return
  endif
  defined = true
  for name in GROUPS
    var options: dict<any> = {priority: get(PRIORITY, substitute(name, '\d*$\|Uncertain$', '', ''), 30), combine: true}
    if name != 'Hidden'
      options.highlight = 'Newsmark' .. name
    endif
    prop_type_add('Newsmark' .. name, options)
  endfor
  autocmd newsmark ColorScheme * Colors()
  autocmd newsmark OptionSet background Colors()
enddef

# What follows Quote and Speaker in the name of a group: the number of the voice.
export def Voice(annotation: dict<any>): string
  var voice = get(annotation, 'voice', null)
  return Setting('speaker_colors') && type(voice) == v:t_number ? string(voice % len(VOICES) + 1) : ''
enddef

export def GroupOf(annotation: dict<any>): string
  var kind: string = annotation.kind
  if get(hidden, 'all') || get(hidden, kind) || !get(Setting('show'), kind, true)
    return 'Hidden'
  elseif kind == 'quote'
    if annotation.type == 'indirect'
      return 'Indirect'
    endif
    return type(get(annotation, 'speaker')) == v:t_dict ? 'Quote' .. Voice(annotation) : 'Unattributed'
  endif
  if kind == 'tag'
    return TagGroup(annotation.type)
  endif
  var group = kind == 'date' ? 'Date' : get(OF_ENTITY, annotation.type, 'Tag')
  return group != 'Tag' && annotation.confidence < Setting('uncertain_below') ? group .. 'Uncertain' : group
enddef

# Show or hide a kind, or 'all'.
export def Toggle(kind: string)
  hidden[kind] = !get(hidden, kind)
enddef

# What scripts say of their tags.
export def TakeTags(said: list<dict<any>>)
  tags = {}
  for tag in said
    tags[tag.id] = tag
  endfor
  for tag in keys(tag_groups)
    ColorTag(tag)
  endfor
enddef

# The property types of a kind, without "Newsmark"; '': of all.
export def TypesOf(kind: string): list<string>
  var types: list<string> = []
  for [name, groups] in items(TYPES_OF)
    if kind == '' || name == kind
      types += name == 'tag' ? values(tag_groups) : []
      types += groups + groups->copy()->filter((_, group) => index(GROUPS, group .. 'Uncertain') >= 0)
        ->mapnew((_, group) => group .. 'Uncertain')
    endif
  endfor
  return types->sort()->uniq()
enddef
