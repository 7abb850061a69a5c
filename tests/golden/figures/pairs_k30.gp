# A figure of varve: change it and run `gnuplot pairs_k30.gp` here; data are in pairs_k30.dat.
# For a PDF: gnuplot -e "format='pdf'" pairs_k30.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 456; height = 386  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'pairs_k30.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'overlap of pairs, k = 30' at screen 0.5,0.9637 center
set lmargin at screen 0.2187; set rmargin at screen 0.7718; set bmargin at screen 0.2585; set tmargin at screen 0.9118
set border linecolor '#444444'
set tics nomirror out scale 0.5
unset key
set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor '#e6e6e6' fillstyle solid noborder  # where there is no value
set xrange [-0.5:5.5]
set yrange [5.5:-0.5]
set xtics rotate by 90 right ('last/l_0' 0, 'last/l_1' 1, 'last/l_2' 2, 'mean/l_0' 3, 'mean/l_1' 4, 'mean/l_2' 5)
set ytics ('last/l_0' 0, 'last/l_1' 1, 'last/l_2' 2, 'mean/l_0' 3, 'mean/l_1' 4, 'mean/l_2' 5)
set label 3 'layer' at screen 0.0307,0.5851 center rotate by 90
set label 4 'other layer' at screen 0.4953,0.0363 center
set arrow from -0.5,2.5 to 5.5,2.5 nohead front linewidth 2 linecolor '#ffffff'
set arrow from 2.5,-0.5 to 2.5,5.5 nohead front linewidth 2 linecolor '#ffffff'
set palette defined (0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', 7 '#6ece58', 8 '#b5de2b', 9 '#fde725')
set cbrange [0.5625:1.109375]
set cblabel 'overlap of pairs (0.562 to 1.11)' offset 1,0
set colorbox vertical user origin screen 0.8069,0.2585 size screen 0.0263,0.6534
is_number(i) = strcol(i) ne 'NaN'
shown(value) = gprintf('%.2f', value)
plot NaN notitle, \
  'pairs_k30.dat' using (is_number(3) ? $1 : NaN):2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fillstyle solid noborder linecolor palette notitle, \
  'pairs_k30.dat' using 1:2:(is_number(3) && $3 < 0.890625 ? shown($3) : '') with labels font ',9' textcolor '#ffffff' notitle, \
  'pairs_k30.dat' using 1:2:(is_number(3) && $3 >= 0.890625 ? shown($3) : '') with labels font ',9' textcolor '#000000' notitle
unset output
