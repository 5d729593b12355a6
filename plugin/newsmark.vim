" Vim 9's entry: the command, the maps and the autocommands; the rest is in autoload/newsmark.vim. Neovim has
" plugin/newsmark.lua.
if has('nvim') || exists('g:loaded_newsmark')
  finish
endif
let g:loaded_newsmark = 1
if !has('vim9script') || !has('patch-9.0.0067') || !has('textprop') || !has('channel') || !has('job')
  finish
endif

command -nargs=* -count -bar -complete=customlist,newsmark#Complete Newsmark call newsmark#Command(<count>, [<f-args>])

nnoremap <silent> <Plug>(newsmark-next) <ScriptCmd>call newsmark#Jump(v:count1, '')<CR>
nnoremap <silent> <Plug>(newsmark-prev) <ScriptCmd>call newsmark#Jump(-v:count1, '')<CR>
nnoremap <silent> <Plug>(newsmark-info) <ScriptCmd>call newsmark#Info()<CR>
nnoremap <silent> <Plug>(newsmark-toggle) <ScriptCmd>call newsmark#Toggle('')<CR>

augroup newsmark
  autocmd!
  autocmd FileType,BufWinEnter,BufFilePost * call newsmark#Ready(str2nr(expand('<abuf>')))
  autocmd BufFilePre,BufUnload * call newsmark#Release(str2nr(expand('<abuf>')))
  autocmd VimLeavePre * call newsmark#Stop()
augroup END
