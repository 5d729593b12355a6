vim9script
import autoload 'newsmark/act.vim'
import autoload 'newsmark/colors.vim'

# newsmark for Vim 9.0.0067 and newer: one server for all articles, its annotations drawn as text properties.
#
# Changes go to the server as whole lines, so that it tells anew of everything on them; what stands elsewhere has moved
# with the text by itself. A message about a version gone by is not drawn: once the server has caught up, the buffer is
# asked for as a whole. So it is when several lines have changed, for undo and :move bring lines back with the properties
# that they had; off a single line those of annotations that are no more are swept.

const KINDS = ['entity', 'person', 'org', 'place', 'date', 'quote', 'tag', 'same', 'unreviewed']
# A mark that begins or ends a quotation, dashes among them.
const QUOTE_MARKS = '[”“„«»"''‘’‚‹›–—―-]'
const PLUGIN_DIR = expand('<sfile>:p:h:h')

var job: job
var initialized = false
var stopped = ''      # why none is started: 'asked', 'failed'
var told: dict<bool> = {}
var deaths: list<list<any>> = []  # when a server ended unasked
var buffers: dict<dict<any>> = {}  # by number: uri, version sent, listener, annotations by id, stale
var folders: list<string> = []  # those the server was told of
var started_with = 0            # how many with its first message

# --- drawing -------------------------------------------------------------------------------------------------------

# Properties have numbers: an annotation's id, in hexadecimal, and which of its parts it is.
def PropId(id: string, part: number): number
  return str2nr(id, 16) * 4 + part
enddef

def LastLine(bufnr: number): number
  return getbufinfo(bufnr)[0].linecount
enddef

# [lnum, col, end_lnum, end_col, id] of a range of the protocol, in bytes, within the buffer.
def Item(bufnr: number, range: dict<any>, id: number): list<number>
  var last = LastLine(bufnr)
  var from = range.start.line + 1
  var to = range.end.line + 1
  if from > last || to > last
    return []
  endif
  return [from, range.start.character + 1, to, range.end.character + 1, id]
enddef

def Erase(bufnr: number, annotation: dict<any>)
  for part in range(4)
    var id = PropId(annotation.id, part)
    for type in annotation.drawn
      prop_remove({bufnr: bufnr, id: id, type: 'Newsmark' .. type, both: true, all: true})
    endfor
  endfor
enddef

# Draw annotations; one call of Vim for all of a look.
def Draw(bufnr: number, annotations: list<dict<any>>)
  var looks: dict<list<list<number>>> = {}
  for annotation in annotations
    var group = colors.GroupOf(annotation)
    var parts = [[group, annotation.range]]
    for [name, look] in items({speaker: 'Speaker', source: 'Source', cue: 'Cue'})
      var part = get(annotation, name)
      if type(part) == v:t_dict && has_key(part, 'range') && group != 'Hidden'
        var doubtful = annotation.confidence < colors.Setting('uncertain_below')
        parts->add([look != 'Speaker' ? look : doubtful ? 'SpeakerUncertain' : look .. colors.Voice(annotation), part.range])
      endif
    endfor
    annotation.drawn = []
    for [index, part] in parts->items()
      var item = Item(bufnr, part[1], PropId(annotation.id, index))
      if !empty(item)
        looks[part[0]] = get(looks, part[0], [])->add(item)
        annotation.drawn->add(part[0])
      endif
    endfor
  endfor
  for [look, found] in items(looks)
    prop_add_list({bufnr: bufnr, type: 'Newsmark' .. look}, found)
  endfor
enddef

def Clear(bufnr: number)
  if bufloaded(bufnr)
    for name in colors.Groups()
      prop_remove({bufnr: bufnr, type: 'Newsmark' .. name, all: true})
    endfor
  endif
enddef

# Remove from a changed line what undo brought back of annotations that are no more.
def Sweep(bufnr: number, state: dict<any>, lnum: number)
  var alive: dict<bool> = {}
  for id in keys(state.annotations)
    alive[str2nr(id, 16)] = true
  endfor
  var types = colors.Groups()->mapnew((_, name) => 'Newsmark' .. name)
  for prop in prop_list(lnum, {bufnr: bufnr, types: types})
    if !has_key(alive, prop.id / 4)
      prop_remove({bufnr: bufnr, id: prop.id, type: prop.type, both: true, all: true})
    endif
  endfor
enddef

def Put(bufnr: number, state: dict<any>, annotations: list<dict<any>>)
  for annotation in annotations
    if has_key(state.annotations, annotation.id)
      Erase(bufnr, state.annotations[annotation.id])
    endif
    state.annotations[annotation.id] = annotation
  endfor
  Draw(bufnr, annotations)
enddef

def Count(bufnr: number, state: dict<any>)
  var counts = {entity: 0, date: 0, quote: 0, tag: 0}
  for annotation in values(state.annotations)
    counts[annotation.kind] += 1
  endfor
  setbufvar(bufnr, 'newsmark_status', $'{counts.entity} names, {counts.date} dates, {counts.quote} quotes')
  setbufvar(bufnr, 'newsmark_status_dict', counts)
enddef

# Everything anew, as the server has it.
def Refresh(bufnr: number, state: dict<any>)
  var params = {textDocument: {uri: state.uri}}
  Request('newsmark/annotations', params, (_, reply) => {
    var answer = get(reply, 'result', null_dict)
    if type(answer) != v:t_dict || get(buffers, bufnr, {}) isnot state || answer.version != state.version
      return
    endif
    Clear(bufnr)
    state.annotations = {}
    state.stale = false
    Put(bufnr, state, answer.annotations)
    Count(bufnr, state)
  })
enddef

def Publish(message: dict<any>)
  for [key, state] in items(buffers)
    if state.uri != message.uri
      continue
    endif
    var bufnr = str2nr(key)
    listener_flush(bufnr)
    if message.version != state.version
      state.stale = true
      return
    endif
    if message.full
      Clear(bufnr)
      state.annotations = {}
      state.stale = false
    endif
    for id in message.removed
      if has_key(state.annotations, id)
        Erase(bufnr, remove(state.annotations, id))
      endif
    endfor
    if !empty(state.dirty)
      var [from, to] = remove(state, 'dirty')
      state.dirty = []
      if to - from == 1
        Sweep(bufnr, state, from)
      else
        state.stale = true
      endif
    endif
    Put(bufnr, state, message.added)
    Count(bufnr, state)
    if state.stale && !message.full
      Refresh(bufnr, state)
    endif
    return
  endfor
enddef

# --- the server ----------------------------------------------------------------------------------------------------

def Warn(text: string)
  if !has_key(told, text)
    told[text] = true
    echohl WarningMsg
    echomsg 'newsmark: ' .. text
    echohl None
  endif
enddef

export def Server(): list<string>
  var cmd: list<string> = colors.Setting('cmd')
  if !empty(cmd)
    return executable(cmd[0]) ? cmd : []
  endif
  for path in [PLUGIN_DIR .. '/build/newsmark', 'newsmark']
    if executable(path)
      return [path, 'lsp']
    endif
  endfor
  return []
enddef

def Notify(method: string, params: dict<any>)
  if initialized && job_status(job) == 'run'
    ch_sendexpr(job, {method: method, params: params})
  endif
enddef

def Request(method: string, params: dict<any>, Callback: func)
  if job_status(job) == 'run'
    ch_sendexpr(job, {method: method, params: params}, {callback: Callback})
  endif
enddef

# Ask the server; Done gets the result and '', or null and the trouble in words.
export def Ask(method: string, params: dict<any>, Done: func(any, string))
  if !initialized || job_status(job) != 'run'
    Done(null, 'the server does not run')
    return
  endif
  listener_flush()
  Request(method, params, (_, reply) => {
    var err = get(reply, 'error', null_dict)
    if type(err) == v:t_dict && !empty(err)
      Done(null, err.message)
    else
      Done(get(reply, 'result', null), '')
    endif
  })
enddef

# The result that comes within a moment, else `default`: for completion.
export def AskNow(method: string, params: dict<any>, default: any): any
  if !initialized || job_status(job) != 'run'
    return default
  endif
  listener_flush()
  var reply = ch_evalexpr(job, {method: method, params: params}, {timeout: 200})
  return type(reply) == v:t_dict && type(get(reply, 'result', null)) == type(default) ? reply.result : default
enddef

# What is said of a buffer for status lines: b:newsmark_review and b:newsmark_review_status.
def ReviewStatus(message: dict<any>)
  for [key, state] in items(buffers)
    if state.uri == message.uri
      setbufvar(str2nr(key), 'newsmark_review', message)
      var all = message.reviewed + message.unreviewed
      var doubtful = message.doubtful > 0 ? $', {message.doubtful} doubtful' : ''
      setbufvar(str2nr(key), 'newsmark_review_status', $'{message.reviewed}/{all} reviewed{doubtful}')
      redrawstatus!
    endif
  endfor
enddef

def IndexStatus(message: dict<any>)
  g:newsmark_index_status = message.state == 'scanning' ? $'indexing {message.done}/{message.queued}' : ''
  redrawstatus!
enddef

def ScriptsChanged(message: dict<any>)
  colors.TakeTags(message.tags)
  for script in message.scripts
    if script.state == 'untrusted'
      Warn($'the script {script.id} waits to be trusted: newsmark trust')
    endif
  endfor
enddef

# Of diagnostics only those of settings files: there is no client here to show others.
def Diagnostics(message: dict<any>)
  var name = Path(message.uri)
  for diagnostic in name =~ '\.toml$' && !bufloaded(name) ? message.diagnostics : []
    Warn($'{fnamemodify(name, ':~:.')}:{diagnostic.range.start.line + 1}: {diagnostic.message}')
  endfor
enddef

def OnMessage(_: channel, message: dict<any>)
  if get(message, 'method', '') == 'newsmark/publishAnnotations'
    Publish(message.params)
  elseif get(message, 'method', '') == 'newsmark/reviewStatus'
    ReviewStatus(message.params)
  elseif get(message, 'method', '') == 'newsmark/scriptsChanged'
    ScriptsChanged(message.params)
  elseif get(message, 'method', '') == 'newsmark/indexStatus'
    IndexStatus(message.params)
  elseif get(message, 'method', '') == 'textDocument/publishDiagnostics'
    Diagnostics(message.params)
  elseif get(message, 'method', '') == 'window/showMessage'
    Warn(message.params.message)
  elseif has_key(message, 'id') && has_key(message, 'method')
    ch_sendexpr(job, {id: message.id, error: {code: -32601, message: 'not known: ' .. message.method}})
  endif
enddef

# A server that ended unasked is started again, three times in two minutes.
def OnExit(ended: job, status: number)
  if ended != job
    return
  endif
  initialized = false
  var had = keys(buffers)->mapnew((_, key) => str2nr(key))
  for bufnr in had
    Release(bufnr)
  endfor
  if stopped == 'asked'
    return
  endif
  deaths = deaths->filter((_, time) => reltimefloat(reltime(time)) < 120.0)->add(reltime())
  if len(deaths) <= 3
    for bufnr in had
      Ready(bufnr)
    endfor
    return
  endif
  stopped = 'failed'
  Warn($'the server ended (status {status}); :Newsmark start tries again')
enddef

def OnInitialized(_: channel, reply: dict<any>)
  var encoding = get(get(get(reply, 'result', {}), 'capabilities', {}), 'positionEncoding', 'utf-16')
  if encoding != 'utf-8'
    Warn('the server has no positions in UTF-8')
    Stop()
    return
  endif
  initialized = true
  Notify('initialized', {})
  if len(folders) > started_with
    Notify('workspace/didChangeWorkspaceFolders',
      {event: {added: folders[started_with : ]->mapnew((_, folder) => Folder(folder)), removed: []}})
  endif
  for key in keys(buffers)
    Open(str2nr(key))
  endfor
enddef

def Start(): bool
  var cmd = Server()
  if empty(cmd)
    Warn(empty(colors.Setting('cmd')) ? 'the program is not built: run `make` in ' .. fnamemodify(PLUGIN_DIR, ':~')
      : $'`{colors.Setting('cmd')[0]}` (setting cmd) cannot be run')
    return false
  endif
  initialized = false
  started_with = len(folders)
  job = job_start(cmd, {in_mode: 'lsp', out_mode: 'lsp', err_mode: 'raw', err_io: 'null', out_cb: OnMessage,
    exit_cb: OnExit})
  if job_status(job) != 'run'
    Warn('the server does not start: ' .. cmd[0])
    return false
  endif
  Request('initialize', {
    processId: getpid(),
    clientInfo: {name: 'Vim', version: string(v:versionlong)},
    rootUri: null,
    workspaceFolders: folders->mapnew((_, folder) => Folder(folder)),
    capabilities: {general: {positionEncodings: ['utf-8']}, workspace: {workspaceFolders: true}},
    initializationOptions: {newsmark: extend({annotations: true, lineEndings: 'lf'}, colors.Setting('settings'))},
  }, OnInitialized)
  return true
enddef

# --- buffers -------------------------------------------------------------------------------------------------------

# The file that a URI names. In hexadecimal every byte is one that Vim's strings can be put together of.
export def Path(uri: string): string
  var path = substitute(uri, '^file://', '', '')
  return substitute(path, '%\(\x\x\)', '\=eval("\"\\x" .. submatch(1) .. "\"")', 'g')
enddef

export def Uri(bufnr: number): string
  return FileUri(fnamemodify(bufname(bufnr), ':p'))
enddef

def FileUri(name: string): string
  return 'file://' .. substitute(name, '[^A-Za-z0-9/._~-]', '\=UriBytes(submatch(0))', 'g')
enddef

def UriBytes(char: string): string
  return range(strlen(char))->mapnew((_, i) => printf('%%%02X', char2nr(strpart(char, i, 1), 0) % 256))->join('')
enddef

def Lines(bufnr: number, from: number, to: number): string
  return getbufline(bufnr, from, to)->mapnew((_, line) => line .. "\n")->join('')
enddef

def Open(bufnr: number)
  var state = buffers[bufnr]
  var filetype = getbufvar(bufnr, '&filetype')
  state.version = getbufvar(bufnr, 'changedtick')
  state.listener = listener_add(OnChange, bufnr)
  Notify('textDocument/didOpen', {textDocument: {
    uri: state.uri,
    languageId: filetype == '' || filetype == 'text' ? 'plaintext' : filetype,
    version: state.version,
    text: Lines(bufnr, 1, LastLine(bufnr)),
  }})
enddef

# The lines that a batch of changes, one after another, replaced: from, and the first line behind them then and now.
def Hull(changes: list<dict<number>>): list<number>
  var [from, old_end, new_end] = [changes[0].lnum, changes[0].end, changes[0].end + changes[0].added]
  for change in changes[1 : ]
    from = min([from, change.lnum])
    if change.end > new_end
      old_end += change.end - new_end
      new_end = change.end
    endif
    new_end += change.added
  endfor
  return [from, old_end, new_end]
enddef

def OnChange(bufnr: number, _: number, _: number, _: number, changes: list<dict<number>>)
  var state = get(buffers, bufnr, null_dict)
  if state == null
    return
  endif
  var [from, old_end, new_end] = Hull(changes)
  state.version = getbufvar(bufnr, 'changedtick')
  var dirty = empty(state.dirty) ? [from, old_end] : state.dirty
  var hull = Hull([{lnum: dirty[0], end: dirty[1], added: 0}, {lnum: from, end: old_end, added: new_end - old_end}])
  state.dirty = [hull[0], hull[2]]
  Notify('textDocument/didChange', {
    textDocument: {uri: state.uri, version: state.version},
    contentChanges: [{
      range: {start: {line: from - 1, character: 0}, end: {line: old_end - 1, character: 0}},
      text: new_end > from ? Lines(bufnr, from, new_end - 1) : '',
    }],
  })
enddef

def Wanted(bufnr: number): bool
  var filetype = getbufvar(bufnr, '&filetype')
  var name = bufname(bufnr)
  if !colors.Setting('autostart') || getbufvar(bufnr, '&buftype') != '' || name == '' || name =~ '^\a[[:alnum:]+.-]\+://'
    return false
  endif
  var as = filetype == '' && name =~ '\.txt$' ? 'text' : filetype
  return index(colors.Setting('filetypes'), as) >= 0
enddef

def Folder(path: string): dict<string>
  return {uri: FileUri(path), name: fnamemodify(path, ':t')}
enddef

# Tell the server of the folder that an article lies in: the nearest with a marker, in order of their weight.
def AddFolder(bufnr: number)
  var from = fnamemodify(bufname(bufnr), ':p:h')
  var root = ''
  for [marker, Find] in [['.newsmark.toml', function('findfile')], ['.newsmark', function('finddir')], ['.git', function('finddir')]]
    var found = root == '' ? Find(marker, fnameescape(from) .. ';') : ''
    root = found == '' ? root : fnamemodify(found, ':p')->substitute('/$', '', '')->fnamemodify(':h')
  endfor
  if root != '' && index(folders, root) < 0
    folders->add(root)
    Notify('workspace/didChangeWorkspaceFolders', {event: {added: [Folder(root)], removed: []}})
  endif
enddef

export def HoldsHome(dir: string): bool
  return dir == '/' || stridx($HOME .. '/', dir .. '/') == 0
enddef

# The folder meant where none is named: the working folder where it holds the article, else the article's.
export def FolderHere(): string
  var file = expand('%:p')
  var cwd = getcwd()
  return !HoldsHome(cwd) && stridx(file, cwd .. '/') == 0 ? cwd : fnamemodify(file, ':h')
enddef

# Have the articles of a folder indexed from now on: a file in it says so.
export def Index(name: string)
  var dir = name == '' ? FolderHere() : fnamemodify(expand(name), ':p')->substitute('\(.\)/$', '\1', '')
  if HoldsHome(dir)
    Warn(dir .. ': a home folder or the whole disk is not indexed; name a folder of articles')
  elseif !isdirectory(dir)
    Warn(dir .. ' is no folder')
  else
    try
      if !filereadable(dir .. '/.newsmark.toml')
        writefile(['# newsmark indexes the articles below this folder. Its settings for them stand here.'], dir .. '/.newsmark.toml')
      endif
    catch /E482/
      Warn(dir .. '/.newsmark.toml: cannot be made')
      return
    endtry
    folders = index(folders, dir) < 0 ? folders + [dir] : folders
    Notify('workspace/didChangeWorkspaceFolders', {event: {added: [Folder(dir)], removed: []}})
    echomsg $'newsmark: {fnamemodify(dir, ':~')} is indexed from now on'
  endif
enddef

def Attach(bufnr: number)
  if has_key(buffers, bufnr) || stopped != ''
    return
  endif
  if getfsize(bufname(bufnr)) > colors.Setting('max_bytes')
    Warn(bufname(bufnr) .. ' is larger than the setting max_bytes; it is left alone')
    return
  endif
  colors.Define()
  AddFolder(bufnr)
  if (job == null_job || job_status(job) != 'run') && !Start()
    return
  endif
  buffers[bufnr] = {uri: Uri(bufnr), version: -1, listener: 0, annotations: {}, stale: false, dirty: []}
  if initialized
    Open(bufnr)
  endif
enddef

# A buffer has come into being or learned its file type or name.
export def Ready(bufnr: number)
  if bufloaded(bufnr) && Wanted(bufnr)
    Attach(bufnr)
  endif
enddef

# Let go of a buffer: the server is told, the marks go.
export def Release(bufnr: number)
  if !has_key(buffers, bufnr)
    return
  endif
  var state = remove(buffers, bufnr)
  if state.listener > 0
    listener_remove(state.listener)
    Notify('textDocument/didClose', {textDocument: {uri: state.uri}})
  endif
  Clear(bufnr)
  if bufexists(bufnr)
    setbufvar(bufnr, 'newsmark_status', '')
  endif
enddef

export def Stop()
  stopped = 'asked'
  for key in keys(buffers)
    Release(str2nr(key))
  endfor
  if job == null_job || job_status(job) != 'run'
    return
  endif
  var ending = job
  Request('shutdown', {}, (_, _) => {
    ch_sendexpr(ending, {method: 'exit'})
  })
  job = null_job
  initialized = false
enddef

# --- commands ------------------------------------------------------------------------------------------------------

# Whom an annotation is about: an entity, the speaker of a quotation.
def Subject(annotation: dict<any>): string
  var speaker = get(annotation, 'speaker', null)
  var about = annotation.kind != 'quote' ? annotation : type(speaker) == v:t_dict ? speaker : {}
  var entity = get(about, 'entity', null)
  return type(entity) == v:t_string ? entity : ''
enddef

# The annotations under the cursor, the innermost first.
export def Here(): list<dict<any>>
  var state = get(buffers, bufnr(), null_dict)
  if state == null
    return []
  endif
  var wanted: dict<bool> = {}
  for prop in prop_list(line('.'))
    var is_part = prop.id % 4 != 0
    var after_start = !prop.start || col('.') >= prop.col
    if !is_part && after_start && (!prop.end || col('.') < prop.col + prop.length)
      wanted[prop.id / 4] = true
    endif
  endfor
  return values(state.annotations)->filter((_, annotation) => has_key(wanted, string(str2nr(annotation.id, 16))))
    ->sort((a, b) => len(a.text) - len(b.text))
enddef

# [lnum, col, end_lnum, end_col] of an annotation as it lies now, columns from 1 and the last one behind it; [] where it is not drawn.
def Place(annotation: dict<any>): list<number>
  const far = 1000 # lines; longer spans are no text objects
  var around = {end_lnum: min([line('.') + far, line('$')]), ids: [PropId(annotation.id, 0)]}
  var parts = prop_list(max([1, line('.') - far]), around)
  if empty(parts) || !parts[0].start || !parts[-1].end
    return []
  endif
  return [parts[0].lnum, parts[0].col, parts[-1].lnum, parts[-1].col + parts[-1].length]
enddef

# Text objects: select the innermost annotation of a kind under the cursor. Inner is the span, of a quotation what stands between
# its marks; around has the space behind as well, of a quotation the marks.
export def Select(kind: string, around: bool)
  for annotation in Here()
    var place = kind == 'any' || annotation.kind == kind ? Place(annotation) : []
    if empty(place)
      continue
    endif
    var [from, first, to, behind] = place
    if annotation.kind == 'quote' && !around
      first += len(matchstr(strpart(getline(from), first - 1), '^' .. QUOTE_MARKS .. '\s*'))
      behind -= len(matchstr(strpart(getline(to), 0, behind - 1), QUOTE_MARKS .. '$'))
    elseif annotation.kind != 'quote' && around
      var space = len(matchstr(strpart(getline(to), behind - 1), '^\s\+'))
      behind += space
      first -= space > 0 ? 0 : len(matchstr(strpart(getline(from), 0, first - 1), '\s\+$'))
    endif
    if mode() =~ "^[vV\<C-v>]"
      execute "normal! \<Esc>"
    endif
    cursor(from, first)
    normal! v
    var last = behind > 1 ? [to, behind - 1] : [to - 1, max([1, col([to - 1, '$']) - 1])]
    cursor(last[0], last[1])
    return
  endfor
enddef

# Starts of what is about the same one as what is under the cursor, and of the same kind; or of what nobody reviewed.
def StartsOf(Test: func(dict<any>): bool): list<list<number>>
  var state = get(buffers, bufnr(), null_dict)
  var wanted: dict<bool> = {}
  for annotation in state == null ? [] : values(state.annotations)
    if Test(annotation)
      wanted[PropId(annotation.id, 0)] = true
    endif
  endfor
  return prop_list(1, {end_lnum: -1})->filter((_, prop) => prop.start && has_key(wanted, prop.id))
    ->mapnew((_, prop) => [prop.lnum, prop.col])->sort((a, b) => a[0] == b[0] ? a[1] - b[1] : a[0] - b[0])->uniq()
enddef

def StartsOfTheSame(): list<list<number>>
  for here in Here()
    var subject = Subject(here)
    if subject != ''
      return StartsOf((annotation) => annotation.kind == here.kind && Subject(annotation) == subject)
    endif
  endfor
  return []
enddef

# Starts of the spans of a kind, in order: [lnum, col].
def Starts(kind: string): list<list<number>>
  if kind == 'same'
    return StartsOfTheSame()
  elseif kind == 'unreviewed'
    return StartsOf((annotation) => index(['made', 'accepted', 'rule'], get(annotation, 'verdict', '')) < 0)
  endif
  var found = prop_list(1, {end_lnum: -1, types: colors.TypesOf(kind)->mapnew((_, name) => 'Newsmark' .. name)})
  return found->filter((_, prop) => prop.start)->mapnew((_, prop) => [prop.lnum, prop.col])->sort((a, b) =>
    a[0] == b[0] ? a[1] - b[1] : a[0] - b[0])->uniq()
enddef

# Go `count` spans on, or back; past the end as 'wrapscan' says.
export def Jump(count: number, kind: string)
  var places = Starts(kind)
  if empty(places)
    echo $'newsmark: no {kind == '' ? 'mark' : kind} here'
    return
  endif
  var here = [line('.'), col('.')]
  var before = places->copy()->filter((_, place) => place[0] < here[0] || place[0] == here[0] && place[1] < here[1])->len()
  var at_one = index(places, here) >= 0 ? 1 : 0
  var target = count > 0 ? before + at_one + count - 1 : before + count
  target = &wrapscan ? ((target % len(places)) + len(places)) % len(places) : max([0, min([target, len(places) - 1])])
  normal! m'
  cursor(places[target][0], places[target][1])
enddef

def CloseOnEscape(id: number, key: string): bool
  if key == "\<Esc>"
    popup_close(id)
  endif
  return key == "\<Esc>"
enddef

# A line in pieces of at most `most` cells, cut at blanks.
def Wrapped(line: string, most: number): list<string>
  var pieces = ['']
  for word in split(line, '\s\zs')
    if pieces[-1] != '' && strdisplaywidth(pieces[-1] .. trim(word, ' ', 2)) > most
      pieces->add('')
    endif
    pieces[-1] ..= word
  endfor
  return pieces
enddef

# What is under the cursor, told by the server, in a popup window, until the reader goes on.
export def Info()
  var state = get(buffers, bufnr(), null_dict)
  if state == null
    echo 'newsmark: this buffer is not annotated'
    return
  endif
  listener_flush()
  var position = {line: line('.') - 1, character: col('.') - 1}
  Request('textDocument/hover', {textDocument: {uri: state.uri}, position: position}, (_, reply) => {
    var hover = get(reply, 'result', null)
    if type(hover) != v:t_dict
      echo 'newsmark: nothing is marked here'
      return
    endif
    var text = type(hover.contents) == v:t_dict ? hover.contents.value : hover.contents
    var most = min([80, &columns - 6])
    var lines = text->split("\n")->mapnew((_, line) => Wrapped(line, most))->flattennew()
    var width = max(lines->mapnew((_, line) => strdisplaywidth(line)))
    var id = popup_atcursor(lines, {border: [], padding: [0, 1, 0, 1], minwidth: width, maxwidth: width,
      col: max([1, min([screencol(), &columns - width - 3])]), highlight: 'NewsmarkPopup', mapping: false, filter: CloseOnEscape})
    execute $'autocmd newsmark CmdlineEnter,WinLeave * ++once call popup_close({id})'
  })
enddef

# Show or hide a kind ('': all) in all buffers.
export def Toggle(kind: string)
  colors.Toggle(kind == '' ? 'all' : kind)
  for [key, state] in items(buffers)
    listener_flush(str2nr(key))
    Refresh(str2nr(key), state)
  endfor
enddef

def StartCommand()
  stopped = ''
  told = {}
  Attach(bufnr())
  for info in getbufinfo({bufloaded: true})
    Ready(info.bufnr)
  endfor
enddef

const COMMANDS: dict<func> = {
  check: (_, where) => where == '' ? act.Check() : act.CheckFolder(),
  index: (_, dir) => Index(dir),
  info: (_, _) => Info(),
  next: (count, kind) => Jump(max([count, 1]), kind),
  prev: (count, kind) => Jump(-max([count, 1]), kind),
  restart: (_, _) => {
    Stop()
    StartCommand()
  },
  start: (_, _) => StartCommand(),
  stop: (_, _) => Stop(),
  toggle: (_, kind) => Toggle(kind),
}
const ARGUMENTS = {check: ['folder'], next: KINDS, prev: KINDS, toggle: ['entity', 'date', 'quote', 'tag']}

def Names(): list<string>
  return sort(keys(COMMANDS) + act.COMMANDS + act.QUESTIONS)
enddef

export def Command(items: number, count: number, bang: bool, arguments: list<string>)
  var name = get(arguments, 0, '')
  var argument = get(arguments, 1, '')
  if index(act.COMMANDS, name) >= 0
    act.Command(name, items, bang, arguments[1 : ])
  elseif index(act.QUESTIONS, name) >= 0
    act.Question(name, arguments[1 : ])
  elseif !has_key(COMMANDS, name)
    echoerr $'newsmark: there are the commands {Names()->join(', ')}'
  elseif len(arguments) > 2 || argument != '' && name != 'index' && index(get(ARGUMENTS, name, []), argument) < 0
    echoerr $'newsmark: {name} takes {get(ARGUMENTS, name, ['nothing'])->join(', ')}'
  else
    call(COMMANDS[name], [items > 0 ? count : 1, argument])
  endif
enddef

export def Complete(lead: string, line: string, pos: number): list<string>
  var words = strpart(line, 0, pos)->split('\s\+', true)
  var candidates = len(words) <= 2 ? Names() : len(words) == 3 ? get(ARGUMENTS, words[1], []) : []
  if len(words) == 3 && words[1] == 'index'
    return getcompletion(lead, 'dir')
  endif
  if len(words) > 2 && !has_key(COMMANDS, words[1])
    candidates = act.Complete(words[1], words[2 : ])
  endif
  return candidates->copy()->filter((_, word) => stridx(word, lead) == 0)
enddef
