" Vim 9's entry: the command, the maps and the autocommands; the rest is in autoload/newsmark.vim. Neovim has
" plugin/newsmark.lua.
if has('nvim') || exists('g:loaded_newsmark')
  finish
endif
let g:loaded_newsmark = 1
if !has('vim9script') || !has('patch-9.0.0067') || !has('textprop') || !has('channel') || !has('job')
  finish
endif

command -nargs=* -range -bang -complete=customlist,newsmark#Complete Newsmark
  \ call newsmark#Command(<range>, <count>, <bang>0, [<f-args>])

nnoremap <silent> <Plug>(newsmark-next) <ScriptCmd>call newsmark#Jump(v:count1, '')<CR>
nnoremap <silent> <Plug>(newsmark-prev) <ScriptCmd>call newsmark#Jump(-v:count1, '')<CR>
nnoremap <silent> <Plug>(newsmark-info) <ScriptCmd>call newsmark#Info()<CR>
nnoremap <silent> <Plug>(newsmark-toggle) <ScriptCmd>call newsmark#Toggle('')<CR>

nnoremap <silent> <Plug>(newsmark-next-same) <ScriptCmd>call newsmark#Jump(v:count1, 'same')<CR>
nnoremap <silent> <Plug>(newsmark-prev-same) <ScriptCmd>call newsmark#Jump(-v:count1, 'same')<CR>
nnoremap <silent> <Plug>(newsmark-next-unreviewed) <ScriptCmd>call newsmark#Jump(v:count1, 'unreviewed')<CR>
nnoremap <silent> <Plug>(newsmark-prev-unreviewed) <ScriptCmd>call newsmark#Jump(-v:count1, 'unreviewed')<CR>

for s:kind in ['entity', 'date', 'quote', 'tag', 'any']
  for s:mode in ['x', 'o']
    execute printf('%snoremap <silent> <Plug>(newsmark-i-%s) <Cmd>call newsmark#Select("%s", v:false)<CR>', s:mode, s:kind, s:kind)
    execute printf('%snoremap <silent> <Plug>(newsmark-a-%s) <Cmd>call newsmark#Select("%s", v:true)<CR>', s:mode, s:kind, s:kind)
  endfor
endfor

" What the reader decides: operators on text, and on what is under the cursor; "." repeats both.
for s:mode in ['n', 'x']
  execute s:mode .. 'noremap <expr> <Plug>(newsmark-tag) newsmark#act#Operate("tag", {})'
  execute s:mode .. 'noremap <expr> <Plug>(newsmark-note-text) newsmark#act#Operate("note", {})'
  for s:type in ['person', 'org', 'place', 'date']
    execute printf('%snoremap <expr> <Plug>(newsmark-tag-%s) newsmark#act#Operate("tag", {"type": "%s"})', s:mode, s:type, s:type)
  endfor
endfor
for s:name in ['accept', 'reject', 'untag', 'forget', 'speaker', 'source', 'note', 'join', 'split', 'rename', 'alias']
  execute printf('nnoremap <expr> <Plug>(newsmark-%s) newsmark#act#OperateHere("%s")', s:name, s:name)
endfor
for s:name in ['undo', 'redo', 'mentions', 'quotes', 'timeline']
  execute printf('nnoremap <silent> <Plug>(newsmark-%s) <Cmd>Newsmark %s<CR>', s:name, s:name)
endfor
unlet s:mode s:type s:name s:kind

augroup newsmark
  autocmd!
  autocmd FileType,BufWinEnter,BufFilePost * call newsmark#Ready(str2nr(expand('<abuf>')))
  autocmd BufFilePre,BufUnload * call newsmark#Release(str2nr(expand('<abuf>')))
  autocmd VimLeavePre * call newsmark#Stop()
augroup END
